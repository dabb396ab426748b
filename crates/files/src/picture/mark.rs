//! The mark that a picture was made by a machine: IPTC's digital source type, in XMP.
//!
//! XMP can hold anything, prompts among it. So the mark is read from it and written into a packet of our own, and the rest goes.

/// Where IPTC keeps its words for it.
const VOCABULARY: &[u8] = b"http://cv.iptc.org/newscodes/digitalsourcetype/";

/// IPTC's words for pictures in which a machine had its hands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// Made by a trained model.
    TrainedAlgorithmicMedia,
    /// Partly made by one.
    CompositeWithTrainedAlgorithmicMedia,
    /// Made by a program without training.
    AlgorithmicMedia,
    /// Put together, with something synthetic in it.
    CompositeSynthetic,
    /// Drawn by a person with a program.
    DigitalCreation,
    /// Taken by a camera and changed by a program.
    AlgorithmicallyEnhanced,
}

impl Mark {
    const ALL: [Self; 6] = [
        Self::TrainedAlgorithmicMedia,
        Self::CompositeWithTrainedAlgorithmicMedia,
        Self::AlgorithmicMedia,
        Self::CompositeSynthetic,
        Self::DigitalCreation,
        Self::AlgorithmicallyEnhanced,
    ];

    /// IPTC's word.
    pub const fn name(self) -> &'static str {
        match self {
            Self::TrainedAlgorithmicMedia => "trainedAlgorithmicMedia",
            Self::CompositeWithTrainedAlgorithmicMedia => "compositeWithTrainedAlgorithmicMedia",
            Self::AlgorithmicMedia => "algorithmicMedia",
            Self::CompositeSynthetic => "compositeSynthetic",
            Self::DigitalCreation => "digitalCreation",
            Self::AlgorithmicallyEnhanced => "algorithmicallyEnhanced",
        }
    }

    /// The first mark in an XMP packet.
    pub(super) fn find(xmp: &[u8]) -> Option<Self> {
        let ends = xmp.windows(VOCABULARY.len()).enumerate().filter(|(_, at)| *at == VOCABULARY);
        ends.map(|(at, _)| &xmp[at + VOCABULARY.len()..]).find_map(|rest| {
            let end =
                rest.iter().position(|byte| !byte.is_ascii_alphanumeric()).unwrap_or(rest.len());
            Self::ALL.into_iter().find(|mark| mark.name().as_bytes() == &rest[..end])
        })
    }

    /// An XMP packet that says this and nothing else.
    pub fn packet(self) -> Vec<u8> {
        let vocabulary = String::from_utf8_lossy(VOCABULARY);
        format!(
            "<?xpacket begin=\"\u{feff}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?><x:xmpmeta xmlns:x=\"adobe:ns:meta/\">\
             <rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"><rdf:Description rdf:about=\"\" \
             xmlns:Iptc4xmpExt=\"http://iptc.org/std/Iptc4xmpExt/2008-02-29/\" \
             Iptc4xmpExt:DigitalSourceType=\"{vocabulary}{}\"/></rdf:RDF></x:xmpmeta><?xpacket end=\"r\"?>",
            self.name()
        )
        .into_bytes()
    }
}
