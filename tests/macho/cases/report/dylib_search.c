// --print-dylib-search prints each path that was tried for a library, also for one that is not found.
//# before: mkdir -p empty
//# link: $IN -Lempty --print-dylib-search
//# prints: searched empty/libSystem.tbd, not found
//# prints: libSystem.tbd, found
//# link[missing]: $IN -Lempty -lgone --print-dylib-search
//# error: library 'gone' not found
//# prints: searched empty/libgone.a, not found
int main(void) { return 0; }
