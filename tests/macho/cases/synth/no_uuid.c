// -no_uuid leaves the UUID out; -random_uuid gives another each time.
//# link: $IN
//# command: LC_UUID count=1
//# link[none]: $IN -no_uuid
//# no-command: LC_UUID
int main(void) { return 0; }
