//! `eps serve` as a process of its own.
#![expect(clippy::unwrap_used, reason = "a server that cannot be started is a failed test")]

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::JoinHandle;

use crate::http::Server;

/// A server in a process of its own, which is killed when it is dropped.
#[derive(Debug)]
pub struct Process {
    child: Child,
    /// Where it says that it listens: scheme, host and port.
    pub address: String,
    /// The rest of what it says on standard error.
    log: Option<JoinHandle<String>>,
}

impl Process {
    /// Starts `eps serve` on a free port, with these options, and waits until it listens.
    #[must_use]
    pub fn start(eps: &Path, options: &[&str]) -> Self {
        Self::start_in(eps, options, &[])
    }

    /// The same in an environment that has these variables too.
    #[must_use]
    pub fn start_in(eps: &Path, options: &[&str], environment: &[(&str, &str)]) -> Self {
        let mut command = Command::new(eps);
        command.envs(environment.iter().copied());
        command.args(["serve", "--listen", "127.0.0.1:0"]).args(options);
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
        let address = lines.find_map(|line| {
            let (address, _) = line.split_once("listening on ")?.1.split_once(',')?;
            Some(address.to_owned())
        });
        // Read on, so that the server never waits for us.
        let log = std::thread::spawn(move || lines.map(|line| line + "\n").collect());
        Self { child, address: address.unwrap(), log: Some(log) }
    }

    /// The server, to be asked in the clear.
    #[must_use]
    pub fn server(&self) -> Server {
        Server::at(self.address.strip_prefix("http://").unwrap().parse().unwrap())
    }

    /// Asks it to end, as a service manager does.
    pub fn terminate(&self) {
        let asked = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(asked.success());
    }

    /// Waits until it has ended by itself, and gives what it logged since it listened.
    #[must_use]
    pub fn ended(mut self) -> (ExitStatus, String) {
        let status = self.child.wait().unwrap();
        (status, self.log.take().unwrap().join().unwrap())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
