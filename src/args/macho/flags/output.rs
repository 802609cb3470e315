//! What kind of file is written, and for what machine and system.

use super::super::target::Platform;
use super::super::{OutputKind, Text};
use super::{Flag, plain, switch, value, values};

pub(super) const FLAGS: &[Flag] = &[
    value(&["-o"], "FILE", "write the output to FILE (default a.out)", |l, v| {
        l.args.output = v.path();
        Ok(())
    }),
    plain(&["-execute"], "write an executable (default)", |l| l.args.kind = OutputKind::Execute),
    plain(&["-dylib"], "write a dynamic library", |l| l.args.kind = OutputKind::Dylib),
    plain(&["-bundle"], "write a bundle: code that a program loads at run time", |l| {
        l.args.kind = OutputKind::Bundle;
    }),
    plain(&["-r"], "merge the inputs into one object file", |l| l.args.kind = OutputKind::Relocatable),
    plain(&["-dynamic"], "the output is loaded by dyld (default)", |l| l.is_static = false),
    plain(&["-static"], "the output is not loaded by dyld: with -r only", |l| l.is_static = true),
    value(&["-e"], "SYMBOL", "where the program starts (default _main)", |l, v| {
        l.args.entry = Some(v.bytes());
        Ok(())
    }),
    switch(&["-pie"], "the program may be loaded at any address (default; always so on arm64)", |l, on| {
        l.args.pie = on;
    }),
    value(&["-stack_size"], "SIZE", "size of the main thread's stack, hexadecimal bytes", |l, v| {
        l.args.stack_size = v.hex()?;
        Ok(())
    }),
    value(&["-pagezero_size"], "SIZE", "size of __PAGEZERO, hexadecimal bytes (default 100000000)", |l, v| {
        let size = v.hex()?;
        if size % 0x4000 != 0 {
            l.warn(v.wrong("is not a multiple of 4000 and is rounded down"));
        }
        l.args.pagezero_size = Some(size & !0x3fff);
        Ok(())
    }),
    value(&["-image_base", "-seg1addr"], "ADDRESS", "preferred address of the first segment, hexadecimal", |l, v| {
        let address = v.hex()?;
        if address % 0x1000 != 0 {
            return Err(v.wrong("is not a multiple of the page size"));
        }
        l.args.image_base = Some(address);
        Ok(())
    }),
    plain(&["-arch_multiple"], "the output is one slice of a universal file", |l| l.args.arch_multiple = true),
    value(&["-final_output"], "FILE", "what the universal file will be called", |l, v| {
        l.args.final_output = Some(v.raw.to_owned());
        Ok(())
    }),
    value(&["-bundle_loader"], "FILE", "the program that will load the bundle: its symbols are defined", |l, v| {
        l.args.bundle_loader = Some(v.path());
        Ok(())
    }),
    value(&["-init"], "SYMBOL", "a function that runs before the initialisers of a dylib", |l, v| {
        l.args.init = Some(v.bytes());
        Ok(())
    }),
    plain(&["-allow_stack_execute"], "the program's stack may hold code", |l| l.args.allow_stack_execute = true),
    plain(&["-root_safe"], "set MH_ROOT_SAFE", |l| l.args.root_safe = true),
    plain(&["-setuid_safe"], "set MH_SETUID_SAFE", |l| l.args.setuid_safe = true),
    plain(&["-not_for_dyld_shared_cache"], "keep the dylib out of dyld's shared cache", |l| {
        l.args.not_for_dyld_shared_cache = true;
    }),
    plain(&["-simulator_support"], "set MH_SIM_SUPPORT", |l| l.args.simulator_support = true),
    value(&["-dyld_env"], "KEY=VALUE", "an environment variable for dyld (LC_DYLD_ENVIRONMENT)", |l, v| {
        if !v.bytes().contains(&b'=') {
            return Err(v.wrong("is not of the form KEY=VALUE"));
        }
        l.args.dyld_env.push(v.bytes());
        Ok(())
    }),
    value(
        &["-add_linker_option"],
        "OPTION",
        "with -r: an LC_LINKER_OPTION, such as -lz or '-framework Cocoa'",
        |l, v| {
            let text = v.bytes();
            let words = text.splitn(2, |byte| *byte == b' ').map(Text::from).collect();
            l.args.linker_options.push(words);
            Ok(())
        },
    ),
];

pub(super) const TARGET: &[Flag] = &[
    value(&["-arch"], "ARCH", "the machine (default: that of the first object)", |l, v| {
        l.args.arch = Some(v.arch()?);
        Ok(())
    }),
    values(
        &["-platform_version"],
        "PLATFORM MIN SDK",
        "what the output runs on, from which version, and its SDK",
        |l, v| {
            l.platform(v[0].platform()?, v[1].version()?, Some(v[2].version()?));
            Ok(())
        },
    ),
    value(&["-macos_version_min", "-macosx_version_min"], "VERSION", "as -platform_version macos", |l, v| {
        l.platform(Platform::MACOS, v.version()?, None);
        Ok(())
    }),
    value(&["-ios_version_min", "-iphoneos_version_min"], "VERSION", "as -platform_version ios", |l, v| {
        l.platform(Platform::IOS, v.version()?, None);
        Ok(())
    }),
    value(
        &["-ios_simulator_version_min", "-iphonesimulator_version_min"],
        "VERSION",
        "as -platform_version ios-simulator",
        |l, v| {
            l.platform(Platform::IOS_SIMULATOR, v.version()?, None);
            Ok(())
        },
    ),
    value(&["-tvos_version_min", "-appletvos_version_min"], "VERSION", "as -platform_version tvos", |l, v| {
        l.platform(Platform::TVOS, v.version()?, None);
        Ok(())
    }),
    value(
        &["-tvos_simulator_version_min", "-appletvsimulator_version_min"],
        "VERSION",
        "as -platform_version tvos-simulator",
        |l, v| {
            l.platform(Platform::TVOS_SIMULATOR, v.version()?, None);
            Ok(())
        },
    ),
    value(&["-watchos_version_min"], "VERSION", "as -platform_version watchos", |l, v| {
        l.platform(Platform::WATCHOS, v.version()?, None);
        Ok(())
    }),
    value(
        &["-watchos_simulator_version_min", "-watchsimulator_version_min"],
        "VERSION",
        "as -platform_version watchos-simulator",
        |l, v| {
            l.platform(Platform::WATCHOS_SIMULATOR, v.version()?, None);
            Ok(())
        },
    ),
    value(
        &["-maccatalyst_version_min", "-uikitformac_version_min", "-iosmac_version_min"],
        "VERSION",
        "as -platform_version mac-catalyst",
        |l, v| {
            l.platform(Platform::MAC_CATALYST, v.version()?, None);
            Ok(())
        },
    ),
    value(&["-driverkit_version_min"], "VERSION", "as -platform_version driverkit", |l, v| {
        l.platform(Platform::DRIVERKIT, v.version()?, None);
        Ok(())
    }),
    value(&["-bridgeos_version_min"], "VERSION", "as -platform_version bridgeos", |l, v| {
        l.platform(Platform::BRIDGEOS, v.version()?, None);
        Ok(())
    }),
    value(&["-sdk_version"], "VERSION", "the SDK, where a -…_version_min gives the system", |l, v| {
        l.sdk_version = Some(v.version()?);
        Ok(())
    }),
    value(&["-syslibroot"], "DIR", "look for absolute paths of libraries under DIR; / as the last is none", |l, v| {
        l.args.syslibroots.push(v.path());
        Ok(())
    }),
    switch(&["-application_extension"], "the code is safe for app extensions, and so must its dylibs be", |l, on| {
        l.args.application_extension = on;
    }),
    plain(&["-encryptable"], "an LC_ENCRYPTION_INFO_64 (default for devices)", |l| l.args.encryptable = Some(true)),
    plain(&["-no_encryption"], "no LC_ENCRYPTION_INFO_64", |l| l.args.encryptable = Some(false)),
    value(&["-source_version"], "VERSION", "what LC_SOURCE_VERSION says (default 0)", |l, v| {
        l.source_version = Some(Some(v.source_version()?));
        Ok(())
    }),
    plain(&["-add_source_version"], "an LC_SOURCE_VERSION even with -r", |l| {
        l.source_version = Some(l.source_version.flatten().or(Some(0)));
    }),
    plain(&["-no_source_version"], "no LC_SOURCE_VERSION", |l| l.source_version = Some(None)),
];
