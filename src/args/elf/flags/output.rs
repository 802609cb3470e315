//! What kind of file to write, for which machine, at which addresses.

use super::super::values::hex;
use super::super::{Emulation, OutputKind};
use super::{Flag, plain, switch, value};

pub(super) const FLAGS: &[Flag] = &[
    value(&["-o", "--output"], "FILE", "write the output to FILE (default a.out)", |l, v| {
        if v.raw.is_empty() {
            return Err(v.wrong("is no file name"));
        }
        l.args.output = v.path();
        Ok(())
    }),
    plain(&["--shared", "-Bshareable"], "write a shared library", |l| l.shape = OutputKind::Shared),
    plain(&["--pie", "--pic-executable"], "write a position-independent executable", |l| l.shape = OutputKind::Pie),
    plain(&["--no-pie", "--no-pic-executable", "-nopie"], "write an executable with fixed addresses", |l| {
        // Cancels --pie only: gcc and rustc put it beside -shared too.
        if l.shape == OutputKind::Pie {
            l.shape = OutputKind::Exec;
        }
    }),
    plain(&["-r", "-i", "--relocatable", "-Ur"], "merge the inputs into one object file", |l| l.relocatable = true),
    plain(
        &["-static", "-Bstatic", "-dn", "-non_shared"],
        "from here on -l finds archives only; at the end of the line: no dynamic section",
        |l| l.position.prefer_static = true,
    ),
    plain(&["-Bdynamic", "-dy", "-call_shared"], "from here on -l finds shared libraries too", |l| {
        l.position.prefer_static = false;
    }),
    value(&["-m"], "EMULATION", "the target machine (default: that of the first object)", |l, v| {
        l.args.emulation = Some(v.emulation()?);
        Ok(())
    }),
    plain(&["-EL"], "little-endian output, the only kind there is", |_| ()),
    value(&["-e", "--entry"], "SYMBOL", "where the program starts (default _start); may be a number", |l, v| {
        l.args.entry = Some(v.text()?);
        Ok(())
    }),
    value(&["--init"], "SYMBOL", "function that the loader calls first (default _init)", |l, v| {
        l.args.init = v.text()?;
        Ok(())
    }),
    value(&["--fini"], "SYMBOL", "function that the loader calls last (default _fini)", |l, v| {
        l.args.fini = v.text()?;
        Ok(())
    }),
    value(&["-dynamic-linker", "-I"], "PATH", "the program interpreter of a dynamic executable", |l, v| {
        l.args.dynamic_linker = Some(v.text()?);
        Ok(())
    }),
    plain(&["--no-dynamic-linker"], "no program interpreter, even for a dynamic executable", |l| {
        l.no_dynamic_linker = true;
    }),
    value(&["--oformat"], "FORMAT", "output format: elf64-x86-64, or binary for a bare image", |l, v| {
        l.args.oformat_binary = match v.str()? {
            "binary" => true,
            "elf" | "default" => false,
            "elf64-x86-64" | "elf64-x86-64-freebsd" => {
                l.args.emulation.get_or_insert(Emulation::X86_64);
                false
            }
            _ => return Err(v.wrong("is not supported; write elf64-x86-64 and convert it with objcopy")),
        };
        Ok(())
    }),
    value(&["--image-base"], "ADDRESS", "address of the first segment", |l, v| {
        l.args.image_base = Some(v.number()?);
        Ok(())
    }),
    value(&["-Ttext-segment"], "ADDRESS", "address of the first segment, in hexadecimal", |l, v| {
        l.args.image_base = Some(v.hex()?);
        Ok(())
    }),
    value(&["-Ttext"], "ADDRESS", "address of .text, in hexadecimal", |l, v| l.section_start(".text", v.hex()?)),
    value(&["-Tdata"], "ADDRESS", "address of .data, in hexadecimal", |l, v| l.section_start(".data", v.hex()?)),
    value(&["-Tbss"], "ADDRESS", "address of .bss, in hexadecimal", |l, v| l.section_start(".bss", v.hex()?)),
    value(&["--section-start"], "SECTION=ADDRESS", "address of one output section, in hexadecimal", |l, v| {
        let (section, address) = v.pair("SECTION=ADDRESS")?;
        let address = hex(address).ok_or_else(|| v.wrong("has an address that is not a hexadecimal number"))?;
        l.section_start(&section, address)
    }),
    switch(&["-N", "--omagic"], "writable text, segments not aligned to pages, archives only", |l, on| {
        l.args.omagic = on;
        l.position.prefer_static |= on;
    }),
    switch(&["-n", "--nmagic"], "segments not aligned to pages, archives only", |l, on| {
        l.args.nmagic = on;
        l.position.prefer_static |= on;
    }),
    switch(&["--rosegment"], "keep read-only data out of the text segment (default)", |l, on| l.args.rosegment = on),
    switch(&["--check-sections"], "reject sections whose addresses overlap (default)", |l, on| {
        l.args.check_sections = on;
    }),
    value(&["-z"], "KEYWORD", "see the list of keywords below", super::super::z::apply),
];
