"""make install and uninstall, the man page, completion for bash, and the Debian package: what lies there works there."""

import glob
import os
import shutil
import subprocess
import sys
import tempfile

from served import PROGRAM, ROOT, Tap

BUILD = os.path.dirname(PROGRAM)


def run(*words, **options):
    return subprocess.run(words, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120, check=False, **options)


def package(script, *words, **variables):
    return run("sh", os.path.join(ROOT, "package", script), *words, env={**os.environ, "BUILD": BUILD, **variables})


def commands():
    return [line.split()[0] for line in run(PROGRAM, "--help").stdout.splitlines() if line.startswith("  ")]


def check_man(tap, man):
    if not tap.need("man", "the man page, read by man"):
        return
    text = run("man", "--warnings", "-l", man, env={**os.environ, "MANWIDTH": "100", "LC_ALL": "C.UTF-8"}).stdout
    lacking = [name for name in commands() if f"\n   {name}\n" not in text]
    tap.check(not lacking and "warning" not in text, "the man page has each command, and man complains of nothing",
              f"lacking: {lacking}\n" + text[:2000])


def complete(script, *words):
    asked = f'. "{script}"; COMP_WORDS=({" ".join(words)}); COMP_CWORD={len(words) - 1}; _glasspost; echo "${{COMPREPLY[@]}}"'
    # In a folder without files: their names are offered, too.
    with tempfile.TemporaryDirectory() as empty:
        return run("bash", "-c", asked, cwd=empty).stdout.split()


def check_completion(tap, script, program):
    tap.check(complete(script, program, "de") == ["demo"], "completion: a command")
    tap.check(complete(script, program, "demo", "--sce") == ["--scenario"], "completion: an option")
    tap.check(complete(script, program, "demo", "--scenario", "bo") == ["bounce"], "completion: a scenario")
    tap.check(complete(script, program, "queue", "w.ini", "rel") == ["release"], "completion: a word that the usage offers")


def check_program(tap, program, folder, where):
    demo = run(program, "demo", "--plain", "--network", "simulated", cwd=folder)
    tap.check(demo.returncode == 0 and "carol has read the message" in demo.stdout, f"{where}: the demo runs", demo.stdout[-2000:])
    start = run(program, "lab", "start", "1", "--id", "example", cwd=folder)
    tap.check(start.returncode == 0, f"{where}: lab start 1", start.stdout)
    answers = run(program, "lab", "check", "1", cwd=folder)
    tap.check(answers.returncode == 1 and "not ok" in answers.stdout, f"{where}: lab check 1 says what is lacking", answers.stdout)
    shutil.rmtree(os.path.join(folder, "labs"))


def check_code_lab(tap, program, folder):
    """One whose start compiles and is refused: the headers and archives are found where they were put."""
    run(program, "lab", "start", "3", "--id", "example", cwd=folder)
    verdict = run(program, "lab", "check", "3", cwd=folder)
    tap.check(verdict.returncode == 1 and "error:" not in verdict.stdout and "expected" in verdict.stdout,
              "installed: a student's file is compiled with what was installed", verdict.stdout)
    shutil.copy(os.path.join(ROOT, "smtp/split.c"), os.path.join(folder, "labs/mine/03-split/split.c"))
    good = run(program, "lab", "check", "3", cwd=folder)
    tap.check(good.returncode == 0, "installed: lab 3 passes with the right file", good.stdout)


def check_install(tap, folder):
    root = os.path.join(folder, "root")
    done = package("install.sh", DESTDIR=root, PREFIX="/opt/glasspost")
    top = os.path.join(root, "opt/glasspost")
    tap.check(done.returncode == 0, "make install, with DESTDIR and PREFIX", done.stdout)
    program = os.path.join(top, "bin/glasspost")
    work = os.path.join(folder, "work")
    os.mkdir(work)
    check_program(tap, program, work, "installed")
    check_code_lab(tap, program, work)
    check_man(tap, os.path.join(top, "share/man/man1/glasspost.1.gz"))
    check_completion(tap, os.path.join(top, "share/bash-completion/completions/glasspost"), program)
    with open(os.path.join(top, "share/glasspost/lab.flags"), encoding="utf-8") as file:
        tap.check("root = .\n" in file.read(), "what is installed does not name the checkout")
    other = os.path.join(top, "bin/another-program")
    with open(other, "w", encoding="utf-8"):
        pass
    package("install.sh", "remove", DESTDIR=root, PREFIX="/opt/glasspost")
    left = [path for path in glob.glob(os.path.join(root, "**"), recursive=True) if os.path.isfile(path)]
    tap.check(left == [other], "make uninstall takes away all that is ours, and nothing else", "\n".join(left))


def check_deb(tap, folder):
    for need in ("dpkg-deb", "objdump", "ldconfig"):
        if not shutil.which(need):
            tap.skip("make deb", f"{need} is not installed")
            return
    build = os.path.join(folder, "deb")
    os.mkdir(build)
    for name in os.listdir(BUILD):
        if name == "glasspost" or name == "lab.flags" or name.endswith(".a"):
            os.symlink(os.path.join(BUILD, name), os.path.join(build, name))
    done = package("deb.sh", BUILD=build)
    deb = done.stdout.strip().split("\n")[-1]
    tap.check(done.returncode == 0 and os.path.isfile(deb), "make deb", done.stdout)
    control = run("dpkg-deb", "--field", deb, "Depends").stdout
    tap.check(all(library in control for library in ("libglib2.0-0", "libsqlite3-0", "libncursesw6", "libc6")),
              "the package depends on the libraries that the program names", control)
    root = os.path.join(folder, "unpacked")
    run("dpkg-deb", "--extract", deb, root)
    work = os.path.join(folder, "work-deb")
    os.mkdir(work)
    check_program(tap, os.path.join(root, "usr/bin/glasspost"), work, "unpacked")


def main():
    tap = Tap()
    folder = tempfile.mkdtemp(prefix="package")
    check_install(tap, folder)
    check_deb(tap, folder)
    shutil.rmtree(folder)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
