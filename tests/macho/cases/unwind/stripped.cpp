// Stripped functions take their unwind entries, tables and personality with them.
//# needs: libc++
//# link: $IN -lc++ -dead_strip
//# run: exit 42
//# unwind: personalities 0
//# no-section: __TEXT,__gcc_except_tab
//# absent: __Z7catchesv
int main() { return 42; }
//# file: unused.cpp
void other();
int catches() { try { other(); } catch (int) { return 1; } return 0; }
