// Characters, strings and locales: what Apple's C library has and the host's lacks or numbers otherwise.
#define _GNU_SOURCE
#include "shims.h"
#include <ctype.h>
#include <langinfo.h>
#include <limits.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <wchar.h>
#include <wctype.h>

// ---- <ctype.h>, whose inline functions look into a table of the first 256 characters ----

enum {
  ALPHA = 0x100, CONTROL = 0x200, DIGIT = 0x400, GRAPH = 0x800, LOWER = 0x1000, PUNCT = 0x2000, SPACE = 0x4000, UPPER = 0x8000,
  XDIGIT = 0x10000, BLANK = 0x20000, PRINT = 0x40000,
};

struct range { int count; void *entries; };
struct rune_locale {
  char magic[8], encoding[32];
  void *get, *put;
  int invalid;
  uint32_t types[256];
  int lower[256], upper[256];
  struct range type_ranges, lower_ranges, upper_ranges;
  void *variable;
  int variable_size, class_count;
  void *classes;
};
static struct rune_locale shim__DefaultRuneLocale = {.magic = "RuneMagA", .encoding = "NONE"};
static struct rune_locale *shim__CurrentRuneLocale = &shim__DefaultRuneLocale;

static uint32_t type_of(wint_t c) {
  uint32_t type = (iswalpha(c) ? ALPHA : 0) | (iswcntrl(c) ? CONTROL : 0) | (iswdigit(c) ? DIGIT : 0) | (iswgraph(c) ? GRAPH : 0) |
                  (iswlower(c) ? LOWER : 0) | (iswpunct(c) ? PUNCT : 0) | (iswspace(c) ? SPACE : 0) | (iswupper(c) ? UPPER : 0) |
                  (iswxdigit(c) ? XDIGIT : 0) | (iswblank(c) ? BLANK : 0) | (iswprint(c) ? PRINT : 0);
  if (c >= '0' && c <= '9') type |= c - '0';   // the digit's value
  if (c >= 'a' && c <= 'f') type |= c - 'a' + 10;
  if (c >= 'A' && c <= 'F') type |= c - 'A' + 10;
  return type;
}

__attribute__((constructor)) static void fill_table(void) {
  for (int c = 0; c < 256; c++) {
    shim__DefaultRuneLocale.types[c] = c < 128 ? type_of(c) : 0;
    shim__DefaultRuneLocale.lower[c] = c < 128 ? tolower(c) : c;
    shim__DefaultRuneLocale.upper[c] = c < 128 ? toupper(c) : c;
  }
}

static int shim___maskrune(int c, unsigned long mask) { return type_of(c) & mask; }
static int shim___tolower(int c) { return towlower(c); }
static int shim___toupper(int c) { return towupper(c); }
static int shim_digittoint(int c) { return type_of(c) & 0xff; }

// ---- strings ----

static size_t shim_strlcpy(char *to, const char *from, size_t size) {
  size_t length = strlen(from), copied = length < size ? length : size - 1;
  if (size) memcpy(to, from, copied), to[copied] = 0;
  return length;
}

static size_t shim_strlcat(char *to, const char *from, size_t size) {
  size_t length = strnlen(to, size);
  return length + shim_strlcpy(to + length, from, size - length);
}

char *__xpg_basename(char *);

static char *shim_strnstr(const char *text, const char *wanted, size_t size) {
  return memmem(text, strnlen(text, size), wanted, strlen(wanted));
}

static void shim_memset_pattern4(char *to, const void *pattern, size_t size) {
  for (size_t i = 0; i < size; i++) to[i] = ((const char *)pattern)[i % 4];
}
static void shim_memset_pattern8(char *to, const void *pattern, size_t size) {
  for (size_t i = 0; i < size; i++) to[i] = ((const char *)pattern)[i % 8];
}
static void shim_memset_pattern16(char *to, const void *pattern, size_t size) {
  for (size_t i = 0; i < size; i++) to[i] = ((const char *)pattern)[i % 16];
}

// The checked forms know the room at the destination.
static void check_room(size_t size, size_t room) {
  if (size <= room) return;
  fprintf(stderr, "loader: a checked function would write past its buffer\n");
  abort();
}
static void *shim___memcpy_chk(void *to, const void *from, size_t size, size_t room) { return check_room(size, room), memcpy(to, from, size); }
static void *shim___memmove_chk(void *to, const void *from, size_t size, size_t room) { return check_room(size, room), memmove(to, from, size); }
static void *shim___memset_chk(void *to, int c, size_t size, size_t room) { return check_room(size, room), memset(to, c, size); }
static char *shim___strcpy_chk(char *to, const char *from, size_t room) { return check_room(strlen(from) + 1, room), strcpy(to, from); }
static char *shim___stpcpy_chk(char *to, const char *from, size_t room) { return check_room(strlen(from) + 1, room), stpcpy(to, from); }
static char *shim___strncpy_chk(char *to, const char *from, size_t size, size_t room) { return check_room(size, room), strncpy(to, from, size); }
static char *shim___stpncpy_chk(char *to, const char *from, size_t size, size_t room) { return check_room(size, room), stpncpy(to, from, size); }
static char *shim___strcat_chk(char *to, const char *from, size_t room) { return check_room(strlen(to) + strlen(from) + 1, room), strcat(to, from); }
static char *shim___strncat_chk(char *to, const char *from, size_t size, size_t room) {
  return check_room(strlen(to) + strnlen(from, size) + 1, room), strncat(to, from, size);
}
static size_t shim___strlcpy_chk(char *to, const char *from, size_t size, size_t room) { return check_room(size, room), shim_strlcpy(to, from, size); }
static size_t shim___strlcat_chk(char *to, const char *from, size_t size, size_t room) { return check_room(size, room), shim_strlcat(to, from, size); }

// ---- numbers: a long double is a double ----

static double shim_strtold_l(const char *from, char **end, locale_t locale) { return strtod_l(from, end, host_locale(locale)); }

// ---- locales ----

// Apple's functions take NULL for the C locale.
locale_t host_locale(locale_t locale) {
  static locale_t c;
  if (locale) return locale;
  if (!c) c = newlocale(LC_ALL_MASK, "C", NULL);
  return c;
}

static const int categories[] = {LC_ALL, LC_COLLATE, LC_CTYPE, LC_MONETARY, LC_NUMERIC, LC_TIME, LC_MESSAGES};
enum { CATEGORIES = sizeof categories / sizeof *categories };

static char *shim_setlocale(int category, const char *name) {
  return category >= 0 && category < CATEGORIES ? setlocale(categories[category], name) : NULL;
}

static locale_t shim_newlocale(int mask, const char *name, locale_t base) {
  static const int masks[] = {LC_COLLATE_MASK, LC_CTYPE_MASK, LC_MESSAGES_MASK, LC_MONETARY_MASK, LC_NUMERIC_MASK, LC_TIME_MASK};
  int host = 0;
  for (int i = 0; i < 6; i++) host |= mask >> i & 1 ? masks[i] : 0;
  return newlocale(host, name, base);
}

static locale_t shim_duplocale(locale_t locale) { return duplocale(host_locale(locale)); }
static int shim_freelocale(locale_t locale) { return freelocale(locale), 0; }

// Unknown numbers are CHAR_MAX, which is 127 to Apple; the last six members stand in another order.
static struct lconv *shim_localeconv(void) {
  static struct lconv mine;
  mine = *localeconv();
  char *first = &mine.int_frac_digits;
  for (int i = 0; i < 14; i++)
    if (first[i] == CHAR_MAX) first[i] = 127;
  return &mine;
}

#define IN_LOCALE(type, call) \
  locale_t before = uselocale(host_locale(locale)); \
  type result = call; \
  uselocale(before); \
  return result
static struct lconv *shim_localeconv_l(locale_t locale) { IN_LOCALE(struct lconv *, shim_localeconv()); }
static int shim____mb_cur_max(void) { return MB_CUR_MAX; }
static int shim____mb_cur_max_l(locale_t locale) { IN_LOCALE(int, MB_CUR_MAX); }
static int shim___maskrune_l(int c, unsigned long mask, locale_t locale) { IN_LOCALE(int, shim___maskrune(c, mask)); }
static int shim____tolower_l(int c, locale_t locale) { return towlower_l(c, host_locale(locale)); }
static int shim____toupper_l(int c, locale_t locale) { return towupper_l(c, host_locale(locale)); }
static wint_t shim_btowc_l(int c, locale_t locale) { IN_LOCALE(wint_t, btowc(c)); }
static int shim_wctob_l(wint_t c, locale_t locale) { IN_LOCALE(int, wctob(c)); }
static size_t shim_mbrlen_l(const char *s, size_t n, mbstate_t *state, locale_t locale) { IN_LOCALE(size_t, mbrlen(s, n, state)); }
static int shim_mbtowc_l(wchar_t *to, const char *s, size_t n, locale_t locale) { IN_LOCALE(int, mbtowc(to, s, n)); }
static size_t shim_mbrtowc_l(wchar_t *to, const char *s, size_t n, mbstate_t *state, locale_t locale) {
  IN_LOCALE(size_t, mbrtowc(to, s, n, state));
}
static size_t shim_wcrtomb_l(char *to, wchar_t c, mbstate_t *state, locale_t locale) { IN_LOCALE(size_t, wcrtomb(to, c, state)); }
static size_t shim_mbsrtowcs_l(wchar_t *to, const char **s, size_t n, mbstate_t *state, locale_t locale) {
  IN_LOCALE(size_t, mbsrtowcs(to, s, n, state));
}
static size_t shim_wcsrtombs_l(char *to, const wchar_t **s, size_t n, mbstate_t *state, locale_t locale) {
  IN_LOCALE(size_t, wcsrtombs(to, s, n, state));
}
static size_t shim_mbsnrtowcs_l(wchar_t *to, const char **s, size_t from, size_t n, mbstate_t *state, locale_t locale) {
  IN_LOCALE(size_t, mbsnrtowcs(to, s, from, n, state));
}
static size_t shim_wcsnrtombs_l(char *to, const wchar_t **s, size_t from, size_t n, mbstate_t *state, locale_t locale) {
  IN_LOCALE(size_t, wcsnrtombs(to, s, from, n, state));
}
static double shim_strtod_l(const char *from, char **end, locale_t locale) { return strtod_l(from, end, host_locale(locale)); }
static float shim_strtof_l(const char *from, char **end, locale_t locale) { return strtof_l(from, end, host_locale(locale)); }
static int shim_strcoll_l(const char *a, const char *b, locale_t locale) { return strcoll_l(a, b, host_locale(locale)); }
static size_t shim_strxfrm_l(char *to, const char *from, size_t n, locale_t locale) { return strxfrm_l(to, from, n, host_locale(locale)); }
static int shim_wcscoll_l(const wchar_t *a, const wchar_t *b, locale_t locale) { return wcscoll_l(a, b, host_locale(locale)); }
static size_t shim_wcsxfrm_l(wchar_t *to, const wchar_t *from, size_t n, locale_t locale) { return wcsxfrm_l(to, from, n, host_locale(locale)); }
static size_t shim_strftime_l(char *to, size_t size, const char *format, const struct tm *tm, locale_t locale) {
  return strftime_l(to, size, format, tm, host_locale(locale));
}

// Apple's nl_langinfo counts otherwise; only the codeset, number 0, is asked for.
static char *shim_nl_langinfo(int item) { return item == 0 ? "US-ASCII" : ""; }

SHIMS(text_shims, {"_DefaultRuneLocale", &shim__DefaultRuneLocale}, {"_CurrentRuneLocale", &shim__CurrentRuneLocale}, OURS(__maskrune),
      OURS(__tolower), OURS(__toupper), AS("___tolower", shim___tolower), AS("___toupper", shim___toupper), OURS(digittoint),
      OURS(strlcpy), OURS(strlcat), OURS(strnstr), AS("basename", __xpg_basename), OURS(memset_pattern4), OURS(memset_pattern8), OURS(memset_pattern16),
      OURS(__memcpy_chk), OURS(__memmove_chk), OURS(__memset_chk), OURS(__strcpy_chk), OURS(__stpcpy_chk), OURS(__strncpy_chk),
      OURS(__stpncpy_chk), OURS(__strcat_chk), OURS(__strncat_chk), OURS(__strlcpy_chk), OURS(__strlcat_chk),
      AS("strtold", strtod), AS("wcstold", wcstod), OURS(strtold_l), OURS(setlocale), OURS(newlocale), OURS(duplocale), OURS(freelocale),
      SAME(uselocale), OURS(localeconv), OURS(localeconv_l), OURS(___mb_cur_max), OURS(___mb_cur_max_l), OURS(__maskrune_l),
      OURS(___tolower_l), OURS(___toupper_l), OURS(btowc_l), OURS(wctob_l), OURS(mbrlen_l), OURS(mbtowc_l), OURS(mbrtowc_l),
      OURS(wcrtomb_l), OURS(mbsrtowcs_l), OURS(wcsrtombs_l), OURS(mbsnrtowcs_l), OURS(wcsnrtombs_l), OURS(strtod_l), OURS(strtof_l),
      OURS(strcoll_l), OURS(strxfrm_l), OURS(wcscoll_l), OURS(wcsxfrm_l), OURS(strftime_l), OURS(nl_langinfo));
