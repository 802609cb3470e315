// --fatal-warnings makes a warning fail the link, -w silences it, and unknown ignorable flags are silent.
//# also: start.s
//# unlike: bfd lld
//# link: $IN -z surely-unknown --fatal-warnings
//# error: surely-unknown
//# link[no-warnings]: $IN -z surely-unknown --no-warnings
//# silent: surely-unknown
//# link[ignored]: $IN -EL -X -O2 --sort-common --no-add-needed --no-copy-dt-needed-entries -rpath-link /x -nostdlib -g --warn-once -plugin-opt=x -z combreloc
//# run: exit 0
//# unlike: bfd lld
int main(void) { return 0; }
