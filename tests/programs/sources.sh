# C programs whose sources crates carry: SQLite, Lua and zstd (which has assembly), as static, PIE and shared builds.
. "$(dirname "$0")/lib.bash"
mkdir src
cat > Cargo.toml <<'T'
[package]
name = "sources"
version = "0.1.0"
edition = "2021"
[lib]
path = "src/none.rs"
[dependencies]
libsqlite3-sys = { version = "=0.30.1", features = ["bundled"] }
lua-src = "=547.0.0"
zstd-sys = "=2.0.13"
[workspace]
T
touch src/none.rs
cargo vendor --quiet vendor >/dev/null
sqlite=vendor/libsqlite3-sys/sqlite3 lua=vendor/lua-src/lua-5.4.7 zstd=vendor/zstd-sys/zstd/lib

# SQLite: runs the SQL of its standard input and prints the rows.
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
options="-O1 -g -ffunction-sections -fdata-sections -DSQLITE_ENABLE_FTS5 -DSQLITE_ENABLE_MATH_FUNCTIONS -I$sqlite"
cc $options -fPIC -c $sqlite/sqlite3.c -o sqlite3.o &
cc $options -fPIC -c shell.c -o shell.o
wait $!
objects="shell.o sqlite3.o" libraries="-lm -ldl -lpthread"
ar rc libsqlite3.a sqlite3.o
through cc -static $objects -o sqlite-static $libraries
through cc -static-pie $objects -o sqlite-static-pie $libraries
through cc -pie -Wl,--gc-sections -Wl,-z,now $objects -o sqlite-pie $libraries
through cc -no-pie -Wl,-O2 shell.o -L. -l:libsqlite3.a -o sqlite-fixed $libraries
through cc -shared -Wl,-soname,libsqlite3.so.0 -Wl,-z,defs sqlite3.o -o libsqlite3.so.0 $libraries
through cc shell.o ./libsqlite3.so.0 -Wl,-rpath,"$PWD" -o sqlite-shared
through "$clang" -fuse-ld=lld -pie $objects -o sqlite-clang $libraries
for kind in static static-pie pie fixed shared clang; do
  linked_by_us sqlite-$kind
  rm -f $kind.db
  ./sqlite-$kind $kind.db < script.sql > $kind.out || fail "sqlite-$kind: $(cat $kind.out)"
  same '5000|12502500|name 00000|name 04999
959
name 04000,name 03000,name 02000,name 01000,name 00000
c
2|the <lazy> dog
ok' "$(cat $kind.out)"
done
readelf -Wd sqlite-shared | grep -q 'NEEDED.*libsqlite3.so.0'

# gdb walks the stack and names the lines.
for kind in static pie shared; do
  gdb -nx -batch -ex 'set debuginfod enabled off' -ex 'set breakpoint pending on' -ex 'break sqlite3_close' \
    -ex 'run :memory: < script.sql' -ex 'backtrace' ./sqlite-$kind > gdb.out 2>&1
  has gdb.out '#0 .*sqlite3_close .*sqlite3.c:[0-9]+' '#1 .* main \(.*shell.c:14'
done

# Lua: with `-rdynamic`, as a program that loads its library at run time, and static.
lua_objects=()
for file in $lua/l*.c; do
  case $file in */luac.c | */lua.c) continue ;; esac
  lua_objects+=("$(basename "$file" .c).o")
done
cc -O1 -fPIC -DLUA_USE_LINUX -c $(ls $lua/l*.c | grep -v 'luac\?\.c')
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
if DYNAMIC == nil and pcall(require, "extra") then print(twice(21)) end
L
cc -O1 -fPIC -I$lua -c main.c extra.c
through cc -static main.o "${lua_objects[@]}" -o lua-static -lm
through cc -rdynamic main.o "${lua_objects[@]}" -o lua -lm -ldl
through cc -shared extra.o -o extra.so
through cc -shared -Wl,-z,now "${lua_objects[@]}" -o liblua.so -lm -ldl
through cc main.o -L. -llua -Wl,-rpath,'$ORIGIN' -Wl,--as-needed -lm -o lua-shared
linked_by_us lua-static lua lua-shared extra.so liblua.so
expected="6765	 3.14 xxx
brown fox quick the	4
true	script.lua:7: attempt to index a nil value (local 'x')
1	4	9"
for kind in lua lua-shared; do same "$expected"$'\n42' "$(LUA_CPATH='./?.so' ./$kind script.lua)"; done
same "$expected" "$(LUA_CPATH=none ./lua-static script.lua)"

# zstd: a round trip in threads.
cat > round.c <<'C'
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>
int main(void) {
    size_t size = 3 << 20, bound = ZSTD_compressBound(size);
    unsigned char *in = malloc(size), *packed = malloc(bound), *out = malloc(size);
    for (size_t i = 0; i < size; i++) in[i] = (i * i >> 7) % 50 + (i >> 14);
    for (int level = 1; level <= 19; level += 6) {
        ZSTD_CCtx *context = ZSTD_createCCtx();
        ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level);
        if (ZSTD_isError(ZSTD_CCtx_setParameter(context, ZSTD_c_nbWorkers, 3))) return 2;
        size_t length = ZSTD_compress2(context, packed, bound, in, size);
        memset(out, 0, size);
        if (ZSTD_isError(length) || length > size / 2 || ZSTD_decompress(out, size, packed, length) != size) return 3;
        if (memcmp(in, out, size)) return 4;
        ZSTD_freeCCtx(context);
    }
    puts(ZSTD_versionString());
    return 0;
}
C
mkdir zstd && cd zstd
"$clang" -O1 -g -fPIC -DZSTD_MULTITHREAD -I../$zstd -c ../round.c ../$zstd/{common,compress,decompress}/*.c ../$zstd/decompress/*.S
cd ..
through "$clang" -pthread zstd/*.o -o zstd-pie
through "$clang" -pthread -static zstd/*.o -o zstd-static
through "$clang" -pthread -shared -Wl,--version-script=/dev/stdin $(ls zstd/*.o | grep -v round) -o libzstd.so <<<'ZSTD_1 { global: ZSTD_*; local: *; };'
through "$clang" zstd/round.o libzstd.so -Wl,-rpath,"$PWD" -o zstd-shared
linked_by_us zstd-pie zstd-static zstd-shared libzstd.so
for kind in pie static shared; do same 1.5.6 "$(./zstd-$kind)"; done
[ "$(nm -D --defined-only libzstd.so | grep -vc ' ZSTD_')" = 0 ] || fail "libzstd.so exports more than its script says"
