// -b binary embeds a file under _binary_NAME_start, _end and _size, with what is not a letter as _.
//# also: start.s
//# link: $IN -b binary sub/some-data.txt -b elf
//# run: exit 102
//# symbol: _binary_sub_some_data_txt_size absolute value=6
//# section: .data size=6
extern char _binary_sub_some_data_txt_start[], _binary_sub_some_data_txt_end[];
int main(void) { return _binary_sub_some_data_txt_start[0] + (_binary_sub_some_data_txt_end - _binary_sub_some_data_txt_start) - 6; }
//# file: sub/some-data.txt
fives
