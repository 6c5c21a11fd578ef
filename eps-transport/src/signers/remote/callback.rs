//! Waiting on this machine for the browser to return.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

use super::{Pending, RemoteError, Returned, UserAgent};

/// The longest request line of the browser that is read.
const MAX_LINE: u64 = 4096;
/// How long one connection may keep the others waiting.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often a connection is looked for.
const PAUSE: Duration = Duration::from_millis(20);
const PAGE: &str = "The browser can be closed.\n";

/// A callback on this machine: it shows the user where to sign, and waits for the browser to return with the token. Its
/// address, `http://127.0.0.1:PORT/`, must be the registered one.
pub struct Callback {
    listener: TcpListener,
    show: Box<dyn Fn(&str) + Send + Sync>,
    wait: Duration,
}

impl std::fmt::Debug for Callback {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Callback").field("address", &self.listener.local_addr()).finish_non_exhaustive()
    }
}

impl Callback {
    /// Listens on a port of the loopback interface; port 0 takes a free one. `show` is told the address that the user must
    /// open.
    ///
    /// # Errors
    /// [`RemoteError::Callback`] when the port cannot be had.
    pub fn listen(port: u16, wait: Duration, show: Box<dyn Fn(&str) + Send + Sync>) -> Result<Self, RemoteError> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(RemoteError::Callback)?;
        listener.set_nonblocking(true).map_err(RemoteError::Callback)?;
        Ok(Self { listener, show, wait })
    }

    /// Where it listens.
    ///
    /// # Errors
    /// [`RemoteError::Callback`] when the system does not say.
    pub fn address(&self) -> Result<SocketAddr, RemoteError> {
        self.listener.local_addr().map_err(RemoteError::Callback)
    }
}

impl UserAgent for Callback {
    fn let_user_sign(&self, pending: &Pending) -> Result<Returned, RemoteError> {
        (self.show)(pending.redirect());
        let end = Instant::now() + self.wait;
        while Instant::now() < end {
            match self.listener.accept() {
                // A browser asks for icons too: what brings no token is not the return.
                Ok((stream, _)) => {
                    if let Ok(Some(returned)) = returned(&stream) {
                        return Ok(returned);
                    }
                }
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => std::thread::sleep(PAUSE),
                Err(error) => return Err(RemoteError::Callback(error)),
            }
        }
        Err(RemoteError::Expired)
    }
}

/// Reads the request of the browser and thanks it.
fn returned(stream: &TcpStream) -> std::io::Result<Option<Returned>> {
    stream.set_nonblocking(false)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let mut line = Zeroizing::new(String::new());
    BufReader::new(stream.take(MAX_LINE)).read_line(&mut line)?;
    let found = parse(&line);
    let status = if found.is_some() { "200 OK" } else { "404 Not Found" };
    let page = if found.is_some() { PAGE } else { "" };
    let length = page.len();
    let mut out = stream;
    write!(
        out,
        "HTTP/1.1 {status}\r\nContent-Type: text/plain\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{page}"
    )?;
    Ok(found)
}

/// `GET /path?token=T&state=S HTTP/1.1`
fn parse(line: &str) -> Option<Returned> {
    let target = line.strip_prefix("GET ")?.split(' ').next()?;
    let (_, query) = target.split_once('?')?;
    let of = |name: &str| query.split('&').filter_map(|pair| pair.split_once('=')).find(|(key, _)| *key == name);
    let (_, token) = of("token")?;
    Some(Returned { token: Zeroizing::new(token.to_owned()), state: of("state").map(|(_, state)| state.to_owned()) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_request_with_a_token_is_the_return() {
        let read = |line| parse(line).map(|it| (it.token.to_string(), it.state));
        assert_eq!(read("GET /?token=a1&state=b2 HTTP/1.1\r\n"), Some(("a1".to_owned(), Some("b2".to_owned()))));
        assert_eq!(read("GET /back?state=b2&token=a1 HTTP/1.1\r\n"), Some(("a1".to_owned(), Some("b2".to_owned()))));
        assert_eq!(read("GET /?token=a1 HTTP/1.1\r\n"), Some(("a1".to_owned(), None)));
        for line in ["", "GET /favicon.ico HTTP/1.1", "POST /?token=a1 HTTP/1.1", "GET /?tokens=a1 HTTP/1.1"] {
            assert!(parse(line).is_none(), "{line}");
        }
    }
}
