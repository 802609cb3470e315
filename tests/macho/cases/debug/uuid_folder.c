// The UUID depends neither on the folder and the time of the objects, which the debug map holds, nor on there being one.
//# cflags: -g
//# link: $IN
//# run: exit 42
//# sh: mkdir -p other; cp uuid_folder.o other/; touch -d 2001-01-01 other/uuid_folder.o
//# sh: $LD -arch arm64 -platform_version macos 13.0 13.0 -syslibroot $SDK -o other/out other/uuid_folder.o -lSystem
//# sh: $LD -arch arm64 -platform_version macos 13.0 13.0 -syslibroot $SDK -o other/bare -S other/uuid_folder.o -lSystem
//# sh: sh uuids.sh out other/out other/bare | sort -u | wc -l | grep -qx 1
//# fixups: default
//# lld: differs because all of the file goes into its UUID
int main(void) { return 42; }
//# file: uuids.sh
for file in "$@"; do llvm-otool-19 -l "$file" | grep uuid; done
