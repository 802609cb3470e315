// The code signature: an ad-hoc one must have a CodeDirectory whose SHA-256 hashes fit each 4 KiB page of the file.
#include "loader.h"
#include <string.h>

// ---- SHA-256 (FIPS 180-4) ----

static const uint32_t K[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be,
    0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa,
    0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85,
    0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3,
    0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f,
    0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static uint32_t rotate(uint32_t x, unsigned by) { return x >> by | x << (32 - by); }

static void compress(uint32_t state[8], const uint8_t *block) {
  uint32_t w[64], s[8];
  for (unsigned i = 0; i < 16; i++) memcpy(&w[i], block + 4 * i, 4), w[i] = __builtin_bswap32(w[i]);
  for (unsigned i = 16; i < 64; i++) {
    uint32_t a = rotate(w[i - 15], 7) ^ rotate(w[i - 15], 18) ^ w[i - 15] >> 3;
    uint32_t b = rotate(w[i - 2], 17) ^ rotate(w[i - 2], 19) ^ w[i - 2] >> 10;
    w[i] = w[i - 16] + a + w[i - 7] + b;
  }
  memcpy(s, state, sizeof s);
  for (unsigned i = 0; i < 64; i++) {
    uint32_t a = s[7] + (rotate(s[4], 6) ^ rotate(s[4], 11) ^ rotate(s[4], 25)) + ((s[4] & s[5]) ^ (~s[4] & s[6])) + K[i] + w[i];
    uint32_t b = (rotate(s[0], 2) ^ rotate(s[0], 13) ^ rotate(s[0], 22)) + ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
    memmove(s + 1, s, 7 * sizeof *s);
    s[4] += a, s[0] = a + b;
  }
  for (unsigned i = 0; i < 8; i++) state[i] += s[i];
}

void sha256(const uint8_t *bytes, size_t size, uint8_t digest[32]) {
  uint32_t state[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  uint64_t bits = __builtin_bswap64((uint64_t)size * 8);
  uint8_t last[128] = {0};
  for (; size >= 64; bytes += 64, size -= 64) compress(state, bytes);
  memcpy(last, bytes, size);
  last[size] = 0x80;
  size_t end = size < 56 ? 64 : 128;
  memcpy(last + end - 8, &bits, 8);
  for (size_t i = 0; i < end; i += 64) compress(state, last + i);
  for (unsigned i = 0; i < 8; i++) state[i] = __builtin_bswap32(state[i]);
  memcpy(digest, state, 32);
}

// ---- the blobs ----

#define BE32(x) __builtin_bswap32(x)
#define BE64(x) __builtin_bswap64(x)

static const struct code_directory *find_directory(const struct image *image, const uint8_t *blob, uint32_t size) {
  const struct super_blob *super = (const void *)blob;
  if (size < sizeof *super || BE32(super->magic) != CSMAGIC_EMBEDDED_SIGNATURE) refuse(image, "code signature: bad magic");
  if (BE32(super->length) > size || BE32(super->length) < sizeof *super) refuse(image, "code signature: length %u", BE32(super->length));
  const struct blob_index *index = (const void *)(super + 1);
  uint32_t count = BE32(super->count);
  if (count > (BE32(super->length) - sizeof *super) / sizeof *index) refuse(image, "code signature: %u blobs", count);
  for (uint32_t i = 0; i < count; i++) {
    if (index[i].type) continue;   // type 0 is the CodeDirectory
    uint32_t offset = BE32(index[i].offset);
    const struct code_directory *directory = (const void *)(blob + offset);
    if (offset > BE32(super->length) || BE32(super->length) - offset < sizeof *directory ||
        BE32(directory->magic) != CSMAGIC_CODEDIRECTORY || BE32(directory->length) > BE32(super->length) - offset)
      refuse(image, "code signature: bad CodeDirectory");
    return directory;
  }
  refuse(image, "code signature without a CodeDirectory");
}

static void check_directory(const struct image *image, const struct code_directory *directory) {
  uint32_t length = BE32(directory->length), limit = BE32(directory->codeLimit), slots = BE32(directory->nCodeSlots);
  if (BE32(directory->version) < CS_SUPPORTSEXECSEG) refuse(image, "CodeDirectory version %#x", BE32(directory->version));
  if (!(BE32(directory->flags) & CS_ADHOC)) refuse(image, "CodeDirectory is not ad hoc");
  if (directory->hashType != CS_HASHTYPE_SHA256 || directory->hashSize != 32) refuse(image, "CodeDirectory: hash type %u", directory->hashType);
  if (directory->pageSize != 12) refuse(image, "CodeDirectory: pages of 2^%u bytes", directory->pageSize);
  if (limit != image->signature->dataoff) refuse(image, "CodeDirectory: codeLimit %#x, but the signature is at %#x", limit, image->signature->dataoff);
  if (directory->codeLimit64) refuse(image, "CodeDirectory: codeLimit64 in a small file");
  if (slots != (limit + 4095) / 4096) refuse(image, "CodeDirectory: %u pages, but there are %u", slots, (limit + 4095) / 4096);
  uint32_t hashes = BE32(directory->hashOffset), name = BE32(directory->identOffset);
  if (hashes > length || (length - hashes) / 32 < slots || hashes < (uint64_t)BE32(directory->nSpecialSlots) * 32 + sizeof *directory)
    refuse(image, "CodeDirectory: hashes are outside of it");
  if (name >= length || name < sizeof *directory || !memchr((const char *)directory + name, 0, length - name))
    refuse(image, "CodeDirectory: identifier is outside of it");
  if (!((const char *)directory)[name]) refuse(image, "CodeDirectory: identifier is empty");
  if (BE64(directory->execSegBase) != image->text->fileoff || BE64(directory->execSegLimit) != image->text->filesize)
    refuse(image, "CodeDirectory: execSeg is %#lx+%#lx", BE64(directory->execSegBase), BE64(directory->execSegLimit));
  bool main_binary = BE64(directory->execSegFlags) & CS_EXECSEG_MAIN_BINARY;
  if (main_binary != (image->header->filetype == MH_EXECUTE)) refuse(image, "CodeDirectory: execSegFlags %#lx", BE64(directory->execSegFlags));
}

void check_signature(struct image *image) {
  const uint8_t *blob = image->file + image->signature->dataoff;
  const struct code_directory *directory = find_directory(image, blob, image->signature->datasize);
  check_directory(image, directory);
  const uint8_t *hash = (const uint8_t *)directory + BE32(directory->hashOffset);
  uint32_t limit = BE32(directory->codeLimit);
  uint8_t digest[32];
  for (uint32_t at = 0; at < limit; at += 4096, hash += 32) {
    uint32_t size = limit - at < 4096 ? limit - at : 4096;
    // A large test program is padding for the most part, and this is slow under qemu.
    bool same = at && size == 4096 && !memcmp(image->file + at, image->file + at - 4096, 4096);
    if (!same) sha256(image->file + at, size, digest);
    if (memcmp(digest, hash, 32)) refuse(image, "code signature: page %u (offset %#x) has another hash", at / 4096, at);
  }
}
