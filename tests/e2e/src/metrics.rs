//! Reads a program's metrics as Prometheus would.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use anyhow::{bail, ensure, Context, Result};

/// Metrics at one moment: each line's value by its name and labels.
#[derive(Debug, Default)]
pub struct Metrics(BTreeMap<String, f64>);

/// The body of `http://address/path`, if the answer is 200.
pub fn get(address: &str, path: &str) -> Result<String> {
    let (status, body) = fetch(address, path)?;
    ensure!(status == 200, "http://{address}{path} answered {status}: {body}");
    Ok(body)
}

/// Status and body of `http://address/path`.
pub fn fetch(address: &str, path: &str) -> Result<(u16, String)> {
    let mut stream = TcpStream::connect(address).with_context(|| format!("http://{address}{path}"))?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    write!(stream, "GET {path} HTTP/1.0\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let Some((head, body)) = answer.split_once("\r\n\r\n") else { bail!("no HTTP answer: {answer}") };
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
    Ok((status.with_context(|| format!("no HTTP status: {head}"))?, body.to_owned()))
}

impl Metrics {
    /// Those that a program serves at `address`.
    pub fn of(address: &str) -> Result<Self> {
        Self::parse(&get(address, "/metrics")?)
    }

    fn parse(text: &str) -> Result<Self> {
        let lines = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
        let read = |line: &str| -> Result<(String, f64)> {
            let (name, value) = line.rsplit_once(' ').with_context(|| format!("no value: {line}"))?;
            Ok((name.to_owned(), value.parse().with_context(|| format!("not a number: {line}"))?))
        };
        lines.map(read).collect::<Result<_>>().map(Self)
    }

    /// The sum of a metric over all label sets that have each of `labels` (`name="value"`).
    pub fn sum(&self, name: &str, labels: &[&str]) -> f64 {
        let matching = self.0.iter().filter(|(line, _)| {
            let (found, rest) = line.split_once('{').unwrap_or((line, ""));
            found == name && labels.iter().all(|label| rest.contains(label))
        });
        matching.map(|(_, value)| value).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_over_the_labels_asked_for() {
        let text =
            "# HELP x\nx{a=\"1\",b=\"2\"} 3\nx{a=\"1\",b=\"3\"} 4\nxy 5\nx{a=\"2\",b=\"2\"} 0.5\n# EOF\n";
        let metrics = Metrics::parse(text).unwrap();
        assert_eq!(metrics.sum("x", &[]), 7.5);
        assert_eq!(metrics.sum("x", &["a=\"1\""]), 7.0);
        assert_eq!(metrics.sum("x", &["a=\"1\"", "b=\"3\""]), 4.0);
        assert_eq!(metrics.sum("xy", &[]), 5.0);
        assert!(Metrics::parse("x y").is_err());
    }
}
