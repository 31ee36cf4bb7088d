//! The command line, read by hand: none of the server's own dependencies reads one.

use std::net::IpAddr;

/// What `--help` prints.
pub const HELP: &str = "A Solana JSON-RPC and websocket server for localnets, without votes or disk.

Usage: jettison-localnet [OPTIONS] [RPC_PORT] [SLOT_MS]

Options:
      --rpc-port PORT   JSON-RPC over HTTP [default: 8899]
      --ws-port PORT    Websocket [default: one above the RPC port]
      --slot-ms MS      Milliseconds of a slot [default: 400]
      --bind ADDRESS    Address to listen on; whoever reaches it may set any account [default: 127.0.0.1]
      --until-eof       Stop when standard input ends, as it does when the parent process is gone
  -h, --help            Print this";

/// How to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Port of JSON-RPC over HTTP.
    pub rpc_port: u16,
    /// Port of the websocket.
    pub ws_port: u16,
    /// Milliseconds of a slot.
    pub slot_ms: u64,
    /// Where to listen.
    pub bind: IpAddr,
    /// Whether to stop at the end of standard input.
    pub until_eof: bool,
}

impl Options {
    /// Reads arguments, without the program's name; `None` if they ask for help.
    pub fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Option<Self>, String> {
        let (mut rpc_port, mut ws_port, mut slot_ms) = (None, None, None);
        let (mut bind, mut until_eof) = (None, false);
        while let Some(argument) = arguments.next() {
            let (name, inline) = match argument.split_once('=') {
                Some((name, value)) if name.starts_with("--") => (name.to_owned(), Some(value.to_owned())),
                _ => (argument, None),
            };
            let mut value =
                || inline.clone().or_else(|| arguments.next()).ok_or_else(|| format!("{name} needs a value"));
            match name.as_str() {
                "-h" | "--help" => return Ok(None),
                "--until-eof" => until_eof = true,
                "--rpc-port" => rpc_port = Some(number(&name, &value()?)?),
                "--ws-port" => ws_port = Some(number(&name, &value()?)?),
                "--slot-ms" => slot_ms = Some(number(&name, &value()?)?),
                "--bind" => {
                    let text = value()?;
                    let address =
                        text.parse().map_err(|_| format!("--bind: {text:?} is not an IP address"))?;
                    bind = Some(address);
                }
                text if !text.starts_with('-') && rpc_port.is_none() => {
                    rpc_port = Some(number("RPC_PORT", text)?);
                }
                text if !text.starts_with('-') && slot_ms.is_none() => {
                    slot_ms = Some(number("SLOT_MS", text)?);
                }
                other => return Err(format!("unexpected argument {other:?}; see --help")),
            }
        }
        let rpc_port: u16 = rpc_port.unwrap_or(8_899);
        let above = || rpc_port.checked_add(1).ok_or("there is no port above 65535: give --ws-port");
        let ws_port = ws_port.map_or_else(above, Ok)?;
        let slot_ms = slot_ms.unwrap_or(400);
        if rpc_port == 0 || ws_port == 0 || rpc_port == ws_port || slot_ms == 0 {
            return Err("the ports must be two and not 0, and a slot at least a millisecond".to_owned());
        }
        let bind = bind.unwrap_or(IpAddr::from([127, 0, 0, 1]));
        Ok(Some(Self { rpc_port, ws_port, slot_ms, bind, until_eof }))
    }
}

fn number<T: std::str::FromStr>(name: &str, text: &str) -> Result<T, String> {
    text.parse().map_err(|_| format!("{name}: {text:?} is not a number in range"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Option<Options>, String> {
        Options::parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn ports_may_be_given_by_name_or_place() {
        let options = parse("--rpc-port 18100 --slot-ms=200").unwrap().unwrap();
        assert_eq!((options.rpc_port, options.ws_port, options.slot_ms), (18_100, 18_101, 200));
        assert_eq!(parse("18100 200").unwrap().unwrap(), options);
        assert_eq!(parse("--bind ::1 --ws-port 7").unwrap().unwrap().ws_port, 7);
        assert_eq!(parse("9000 --help").unwrap(), None);
    }

    #[test]
    fn bad_arguments_are_refused() {
        for line in [
            "--rpc-port",
            "--rpc-port 65536",
            "65535",
            "0",
            "7 --ws-port 7",
            "--slot-ms 0",
            "--bind here",
            "--what",
            "1 2 3",
        ] {
            assert!(parse(line).is_err(), "{line}");
        }
    }
}
