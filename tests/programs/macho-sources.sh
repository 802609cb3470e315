# C programs whose sources crates carry, for macOS: SQLite, Lua with a plug-in, zlib and zstd; their debug maps, and what
# other tools make of the files.
# limit: 600
. "$(dirname "$0")/macho.bash"
mkdir src
cat > Cargo.toml <<'T'
[package]
name = "macho-sources"
version = "0.1.0"
edition = "2021"
[lib]
path = "src/none.rs"
[dependencies]
libsqlite3-sys = { version = "=0.30.1", features = ["bundled"] }
libz-sys = "=1.1.20"
lua-src = "=547.0.0"
zstd-sys = "=2.0.13"
[workspace]
T
touch src/none.rs
cargo vendor --quiet vendor >/dev/null
sqlite=$PWD/vendor/libsqlite3-sys/sqlite3 lua=$PWD/vendor/lua-src/lua-5.4.7 zstd=$PWD/vendor/zstd-sys/zstd/lib
zlib=$PWD/vendor/libz-sys/src/zlib

cat > shell.c <<'C'
#include <sqlite3.h>
#include <stdio.h>
static int row(void *unused, int columns, char **values, char **names) {
    for (int i = 0; i < columns; i++) printf("%s%s", i ? "|" : "", values[i] ? values[i] : "NULL");
    puts("");
    return 0;
}
int main(int count, char **args) {
    static char text[1 << 16];
    sqlite3 *db;
    char *error = 0;
    fread(text, 1, sizeof text - 1, stdin);
    if (sqlite3_open(args[1], &db) || sqlite3_exec(db, text, row, 0, &error)) return printf("error: %s\n", error), 1;
    return sqlite3_close(db);
}
C
cat > main.c <<'C'
#include <lauxlib.h>
#include <lualib.h>
#include <stdio.h>
int main(int count, char **args) {
    lua_State *L = luaL_newstate();
    luaL_openlibs(L);
    if (luaL_dofile(L, args[1])) return printf("%s\n", lua_tostring(L, -1)), 1;
    lua_close(L);
    return 0;
}
C
cat > extra.c <<'C'
#include <lauxlib.h>
static int twice(lua_State *L) { lua_pushinteger(L, 2 * luaL_checkinteger(L, 1)); return 1; }
int luaopen_extra(lua_State *L) { lua_register(L, "twice", twice); return 0; }
C
cat > round.c <<'C'
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>
enum { SIZE = 1 << 20 };
static unsigned char in[SIZE], packed[2 * SIZE], out[SIZE];
int main(void) {
    for (size_t i = 0; i < SIZE; i++) in[i] = (i * i >> 7) % 50 + (i >> 14);
    for (int level = 1; level <= 9; level += 4) {
        ZSTD_CCtx *context = ZSTD_createCCtx();
        ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level);
        if (ZSTD_isError(ZSTD_CCtx_setParameter(context, ZSTD_c_nbWorkers, 2))) return 2;
        size_t length = ZSTD_compress2(context, packed, sizeof packed, in, SIZE);
        memset(out, 0, SIZE);
        if (ZSTD_isError(length) || length > SIZE / 2 || ZSTD_decompress(out, SIZE, packed, length) != SIZE) return 3;
        if (memcmp(in, out, SIZE)) return 4;
        ZSTD_freeCCtx(context);
        uLongf packed_size = sizeof packed, size = SIZE;
        memset(out, 0, SIZE);
        if (compress2(packed, &packed_size, in, SIZE, level) || packed_size > SIZE / 2) return 5;
        if (uncompress(out, &size, packed, packed_size) || size != SIZE || memcmp(in, out, SIZE)) return 6;
    }
    printf("%s %s %lx\n", ZSTD_versionString(), zlibVersion(), crc32(0, in, SIZE));
    return 0;
}
C

# One line a job; objects are called after their sources, below their program's name.
jobs() {
  local file
  echo "-g -DSQLITE_ENABLE_FTS5 -DSQLITE_ENABLE_MATH_FUNCTIONS $sqlite/sqlite3.c -o $o/sqlite3.o"
  echo "-g -I$sqlite shell.c -o $o/shell.o"
  for file in "$lua"/l*.c; do
    case $file in */luac.c | */lua.c) ;; *) echo "-DLUA_USE_MACOSX $file -o $o/lua-$(basename "$file" .c).o" ;; esac
  done
  for file in main extra; do echo "-I$lua $file.c -o $o/$file.o"; done
  for file in "$zstd"/{common,compress,decompress}/*.c; do
    echo "-DZSTD_MULTITHREAD $file -o $o/zstd-$(basename "$file" .c).o"
  done
  for file in "$zlib"/*.c; do echo "-DHAVE_UNISTD_H $file -o $o/zlib-$(basename "$file" .c).o"; done
  echo "-I$zlib -I$zstd round.c -o $o/round.o"
}
jobs | xargs -P 2 -d '\n' -I@ sh -c "$clang $target -O1 -w -c @"

# SQLite, whole and stripped of what its shell does not call; the debug map leads to lines of its sources.
cat > script.sql <<'S'
CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT, x REAL);
BEGIN;
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
  INSERT INTO t SELECT i, printf('name %05d', (i * 7919) % 5000), sin(i) FROM n;
COMMIT;
CREATE INDEX by_name ON t(name);
SELECT count(*), sum(id), min(name), max(name) FROM t;
SELECT id FROM t WHERE name = 'name 04321';
SELECT group_concat(name, ',') FROM (SELECT name FROM t WHERE id % 1000 = 0 ORDER BY name DESC);
SELECT json_extract('{"a": [1, {"b": "c"}]}', '$.a[1].b');
CREATE VIRTUAL TABLE f USING fts5(body);
INSERT INTO f VALUES ('the quick brown fox'), ('the lazy dog');
SELECT rowid, highlight(f, 0, '<', '>') FROM f WHERE f MATCH 'lazy';
PRAGMA integrity_check;
S
rows='5000|12502500|name 00000|name 04999
959
name 04000,name 03000,name 02000,name 01000,name 00000
c
2|the <lazy> dog
ok'
# lld keeps __eh_frame's type and has one section for all literals.
except=sections
link sqlite "$o/shell.o" "$o/sqlite3.o"
link sqlite-stripped -dead_strip "$o/shell.o" "$o/sqlite3.o"
for format in chained classic; do
  line $format/sqlite _row shell.c:3
  line $format/sqlite _sqlite3_close sqlite3.c:'[0-9]+'
  rewritten $format/sqlite
  for file in $format/sqlite $format/sqlite-stripped $format/sqlite.stripped; do
    rm -f db
    same "$rows" "$(run $file db < script.sql)"
  done
done

# Lua: as one program whose plug-in asks the program, and as a library whose plug-in asks whoever has the name.
cat > script.lua <<'L'
local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end
print(fib(20), string.format("%5.2f %s", math.pi, ("x"):rep(3)))
local words = {}
for word in ("the quick brown fox"):gmatch("%a+") do words[#words + 1] = word end
table.sort(words)
print(table.concat(words, " "), select("#", table.unpack(words)))
print(pcall(error, { code = 1 }) == false, (select(2, pcall(function() local x = nil; return x.y end))))
local co = coroutine.wrap(function() for i = 1, 3 do coroutine.yield(i * i) end end)
print(co(), co(), co())
require "extra"
print(twice(21))
L
printed='6765	 3.14 xxx
brown fox quick the	4
true	script.lua:7: attempt to index a nil value (local '\''x'\'')
1	4	9
42'
# lld gives the first function of an object a second entry with nothing in it, where the assembler has a label too.
except='sections unwind'
link lua "$o/main.o" "$o"/lua-*.o
link extra.so -bundle -bundle_loader lua "$o/extra.o"
link liblua.dylib -dylib -install_name @rpath/liblua.dylib "$o"/lua-*.o
link lua-shared -rpath @executable_path "$o/main.o" liblua.dylib
link anywhere.so -bundle -undefined dynamic_lookup "$o/extra.o"
for format in chained classic; do
  same "$printed" "$(LUA_CPATH="$PWD/$format/?.so" run $format/lua script.lua)"
  mkdir -p $format/shared && cp $format/anywhere.so $format/shared/extra.so
  same "$printed" "$(LUA_CPATH="$PWD/$format/shared/?.so" run $format/lua-shared script.lua)"
done

# zlib and zstd with its threads, in one program; zlib as an archive.
llvm-ar-19 --format=darwin rcs libz.a "$o"/zlib-*.o
# lld has members in the order in which they were asked for; what follows a named constant without a name shows it.
except='sections unwind functions data'
link round "$o/round.o" "$o"/zstd-*.o "$PWD/libz.a"
for format in chained classic; do same '1.5.6 1.3.1 5295ddcf' "$(run $format/round)"; done

dumps {chained,classic}/{sqlite,sqlite-stripped,sqlite.stripped,lua,extra.so,liblua.dylib,lua-shared,round}
lief {chained,classic}/{sqlite,sqlite-stripped,sqlite.stripped,lua,extra.so,liblua.dylib,lua-shared,round}
