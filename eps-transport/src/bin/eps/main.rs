//! `eps`: the Electronic Prescription Service on a laptop.
//!
//! One file per verb, each thin: what they do lives in the libraries.
#![forbid(unsafe_code)]

use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod bench;
mod cancel;
mod claim;
mod clock;
mod config;
mod convert;
mod db;
mod demo;
mod dispense;
mod failure;
mod files;
mod generate;
mod give_back;
mod held;
mod journal;
mod load;
mod observe;
mod options;
mod pki;
mod prepare;
mod problems;
mod release;
mod remote;
mod rules;
mod send;
mod serve;
mod sign;
mod track;
mod trust;
mod validate;
mod verify;
mod withdraw;

use options::Global;

/// The NHS Electronic Prescription Service (Release 2) on a laptop.
///
/// Results go to standard output, everything else to standard error.
/// Exit codes: 0 done, 1 refused or a failed check, 2 usage, 3 input or output.
#[derive(Parser)]
#[command(name = "eps", version, arg_required_else_help = true)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    Demo(demo::Demo),
    Convert(convert::Convert),
    Generate(generate::Generate),
    Prepare(prepare::Prepare),
    Sign(Box<sign::Sign>),
    Serve(Box<serve::Serve>),
    Config(config::Config),
    Send(Box<send::Send>),
    Release(release::Release),
    Dispense(Box<dispense::Dispense>),
    Claim(Box<claim::Claim>),
    Return(Box<give_back::Return>),
    Withdraw(Box<withdraw::Withdraw>),
    Cancel(Box<cancel::Cancel>),
    Clock(clock::Clock),
    Load(Box<load::Load>),
    Verify(verify::Verify),
    Validate(validate::Validate),
    Track(track::Track),
    Db(db::Db),
    Journal(journal::Journal),
    Bench(bench::Bench),
    Pki(pki::Pki),
}

fn main() -> ExitCode {
    let arguments = match config::expanded(std::env::args_os()) {
        Ok(arguments) => arguments,
        Err(failure) => return failure.report(),
    };
    let cli = Cli::parse_from(arguments);
    let done = match &cli.verb {
        Verb::Demo(demo) => demo.run(&cli.global),
        Verb::Convert(convert) => convert.run(&cli.global),
        Verb::Generate(generate) => generate.run(&cli.global),
        Verb::Prepare(prepare) => prepare.run(&cli.global),
        Verb::Serve(serve) => serve.run(&cli.global),
        Verb::Config(config) => config.run(&cli.global),
        Verb::Send(send) => send.run(&cli.global),
        Verb::Release(release) => release.run(&cli.global),
        Verb::Dispense(dispense) => dispense.run(&cli.global),
        Verb::Claim(claim) => claim.run(&cli.global),
        Verb::Return(returned) => returned.run(&cli.global),
        Verb::Withdraw(withdraw) => withdraw.run(&cli.global),
        Verb::Cancel(cancel) => cancel.run(&cli.global),
        Verb::Clock(clock) => clock.run(&cli.global),
        Verb::Load(load) => load.run(&cli.global),
        Verb::Sign(sign) => sign.run(&cli.global),
        Verb::Verify(verify) => verify.run(&cli.global),
        Verb::Validate(validate) => validate.run(&cli.global),
        Verb::Track(track) => track.run(&cli.global),
        Verb::Db(db) => db.run(&cli.global),
        Verb::Journal(journal) => journal.run(&cli.global),
        Verb::Bench(bench) => bench.run(&cli.global),
        Verb::Pki(pki) => pki.run(&cli.global),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}
