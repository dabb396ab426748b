//! The two text formats of metrics, and which one a reader wants.
//!
//! The library writes OpenMetrics. The older text of Prometheus is the same lines with fewer
//! comments, in which a counter bears its whole name.

use axum::http::{HeaderMap, header};

/// How metrics are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// Prometheus text 0.0.4, which every reader knows.
    Prometheus,
    /// OpenMetrics 1.0.0.
    OpenMetrics,
}

impl Format {
    pub(super) const fn content_type(self) -> &'static str {
        match self {
            Self::Prometheus => "text/plain; version=0.0.4; charset=utf-8",
            Self::OpenMetrics => "application/openmetrics-text; version=1.0.0; charset=utf-8",
        }
    }

    /// This format of what was written as OpenMetrics.
    pub(super) fn of_open_metrics(self, text: String) -> String {
        match self {
            Self::OpenMetrics => text,
            Self::Prometheus => as_prometheus(&text),
        }
    }
}

/// OpenMetrics for whoever asks for it and likes it no less than plain text (RFC 9110, 12.5.1).
pub(super) fn wanted(headers: &HeaderMap) -> Format {
    let lines = headers.get_all(header::ACCEPT).iter().filter_map(|line| line.to_str().ok());
    let ranges = lines.flat_map(|line| line.split(','));
    let (mut open, mut plain) = (0.0, 0.0);
    for range in ranges {
        let mut parts = range.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default().to_ascii_lowercase();
        let value = |key: &str, part: &str| {
            let (name, value) = part.split_once('=')?;
            name.trim().eq_ignore_ascii_case(key).then(|| value.trim().trim_matches('"').to_owned())
        };
        let (mut quality, mut version) = (1.0_f64, None);
        for part in parts {
            quality = value("q", part).and_then(|q| q.parse().ok()).unwrap_or(quality);
            version = value("version", part).or(version);
        }
        match (name.as_str(), version.as_deref()) {
            ("application/openmetrics-text", None | Some("1.0.0")) => open = quality.max(open),
            ("text/plain" | "text/*" | "*/*", None | Some("0.0.4")) => plain = quality.max(plain),
            _ => {}
        }
    }
    if open > 0.0 && open >= plain { Format::OpenMetrics } else { Format::Prometheus }
}

fn as_prometheus(open_metrics: &str) -> String {
    let mut text = String::with_capacity(open_metrics.len() + 128);
    let lines: Vec<&str> = open_metrics.lines().collect();
    let is_counter =
        |name: &str| lines.iter().any(|line| *line == ["# TYPE ", name, " counter"].concat());
    for line in &lines {
        let described = line.strip_prefix("# ").and_then(|line| line.split_once(' '));
        match described.map(|(what, rest)| (what, rest.split_once(' '))) {
            Some((what @ ("HELP" | "TYPE"), Some((name, rest)))) => {
                let end = if is_counter(name) { "_total" } else { "" };
                text += &format!("# {what} {name}{end} {rest}\n");
            }
            // Units and the mark of the end have no place in it.
            _ if line.starts_with('#') => {}
            _ => text.extend([without_exemplar(line), "\n"]),
        }
    }
    text
}

/// A sample without what OpenMetrics alone may say behind it.
fn without_exemplar(line: &str) -> &str {
    line.split_once(" # ").map_or(line, |(sample, _)| sample)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn a_reader_gets_the_format_that_it_likes_best() {
        let of = |accept: Option<&str>| {
            let value =
                accept.map(|accept| (header::ACCEPT, HeaderValue::from_str(accept).unwrap()));
            wanted(&value.into_iter().collect())
        };
        let prometheus = "application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2";
        for accept in [
            prometheus,
            "application/openmetrics-text",
            "Application/OpenMetrics-Text; Version=\"1.0.0\"; charset=utf-8, */*;q=0.1",
        ] {
            assert_eq!(of(Some(accept)), Format::OpenMetrics, "{accept}");
        }
        for accept in [
            None,
            Some("*/*"),
            Some("text/plain;version=0.0.4"),
            Some("text/plain;version=0.0.4;q=0.9, application/openmetrics-text;q=0.3"),
            Some("application/openmetrics-text;q=0"),
            Some("application/json"),
            Some("q=;;,"),
        ] {
            assert_eq!(of(accept), Format::Prometheus, "{accept:?}");
        }
    }

    #[test]
    fn the_older_text_names_a_counter_in_full_and_knows_no_units() {
        let open = "# HELP a_requests Requests.\n# TYPE a_requests counter\na_requests_total{x=\"1\"} 2 # {id=\"7\"} 1.0\n\
                    # HELP a_seconds Time.\n# TYPE a_seconds gauge\n# UNIT a_seconds seconds\na_seconds 0\n# EOF\n";
        let expected = "# HELP a_requests_total Requests.\n# TYPE a_requests_total counter\na_requests_total{x=\"1\"} 2\n\
                        # HELP a_seconds Time.\n# TYPE a_seconds gauge\na_seconds 0\n";
        assert_eq!(as_prometheus(open), expected);
    }
}
