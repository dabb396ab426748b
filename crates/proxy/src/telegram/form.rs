//! A form as browsers send it (RFC 7578), with texts and at most one file. The file is sent from
//! where it lies: a copy for every call would add up.

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, header};
use futures_util::stream;
use std::convert::Infallible;

/// So much of a file is handed to the connection at a time, in bytes.
const PIECE: usize = 64 << 10;

/// What a call says.
#[derive(Default)]
pub(super) struct Form {
    texts: Vec<(&'static str, String)>,
    file: Option<File>,
}

/// A file of a form.
pub(super) struct File {
    pub(super) field: &'static str,
    /// Without quotes and control characters.
    pub(super) name: String,
    pub(super) mime: &'static str,
    pub(super) bytes: Bytes,
}

impl Form {
    pub(super) fn text(&mut self, name: &'static str, value: impl ToString) {
        self.texts.push((name, value.to_string()));
    }

    pub(super) fn file(&mut self, file: File) {
        self.file = Some(file);
    }

    /// The body and what its headers say of it. The boundary must stand nowhere in the form.
    pub(super) fn written(self, boundary: &str) -> (HeaderMap, Body) {
        let mut head = String::new();
        for (name, value) in self.texts {
            head += &format!(
                "--{boundary}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
            );
        }
        let mut tail = format!("--{boundary}--\r\n");
        let mut bytes = Bytes::new();
        if let Some(file) = self.file {
            head += &format!(
                "--{boundary}\r\ncontent-disposition: form-data; name=\"{}\"; filename=\"{}\"\r\ncontent-type: {}\r\n\r\n",
                file.field, file.name, file.mime
            );
            bytes = file.bytes;
            tail.insert_str(0, "\r\n");
        }
        let length = head.len() + bytes.len() + tail.len();
        let kind = HeaderValue::try_from(format!("multipart/form-data; boundary={boundary}"));
        let kind = kind.expect("a boundary is letters and digits");
        let headers =
            [(header::CONTENT_TYPE, kind), (header::CONTENT_LENGTH, HeaderValue::from(length))];
        let pieces = (0..bytes.len())
            .step_by(PIECE)
            .map(move |at| bytes.slice(at..bytes.len().min(at + PIECE)));
        let parts = [Bytes::from(head)].into_iter().chain(pieces).chain([Bytes::from(tail)]);
        let body = Body::from_stream(stream::iter(parts.map(Ok::<_, Infallible>)));
        (headers.into_iter().collect(), body)
    }
}
