/* storage/part.h - one part of a message: made, filled from its header fields, freed. */
#ifndef STORAGE_PART_H
#define STORAGE_PART_H

#include "storage/index.h"

StorePart *store_part_new(int parent, guint depth, guint64 start);
void store_part_free(StorePart *part);
/* Takes a header field of the part: @value unfolded. Fields it does not know are passed over; of
 * two with one name the first counts, but the names of a file are kept from both. */
void store_part_field(StorePart *part, const char *name, const char *value);
/* The header is over: what it did not say is set. @digest: in a multipart/digest. */
void store_part_defaults(StorePart *part, gboolean digest);
/* A value of @parameters (name, value, name, value...), or NULL. */
const char *store_part_parameter(const GPtrArray *parameters, const char *name);

#endif
