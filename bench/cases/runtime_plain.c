/* One C file of the runtime cases; UNIT is its number. */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const wordsUNIT[] = {"first of UNIT", "second of UNIT", "third", "fourth"};
int tableUNIT[64];

static int by_valueUNIT(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }

int plainUNIT(int seed) {
    char text[128];
    for (int i = 0; i < 64; ++i) tableUNIT[i] = (seed + i * 37) % 101;
    qsort(tableUNIT, 64, sizeof *tableUNIT, by_valueUNIT);
    int length = snprintf(text, sizeof text, "%s %d %.3f", wordsUNIT[seed & 3], tableUNIT[5], sqrt(fabs((double)seed)));
    for (char *c = text; *c; ++c) *c = (char)toupper((unsigned char)*c);
    return length > 0 && strstr(text, "UNIT") ? tableUNIT[7] : tableUNIT[9];
}
