//! A picture on its way out of the app: into the person's chat with the bot, to somebody else, onto the device, into a story.
//!
//! Telegram's clients save nothing that a page offers, and Android's ignores without a word what is asked of it more than ten seconds after the last
//! touch. So everything is made ready first, and a fresh press finishes it within the same turn; nothing waits for an answer that may never come.
//! Times are milliseconds of any clock that goes forward.

use crate::bridge::{Call, Event};
use likeness_fal::{ServerCode, ServerError};
use serde_json::{Value, json};

/// So much earlier than the server an address or a picture counts as gone, for the time that a client takes to fetch it.
const MARGIN: u64 = 30_000;
/// The pause where the server names none.
const PAUSE: u64 = 3_000;

/// Where pictures are handed over, and under which each then lies.
const PICTURES: &str = "/api/v1/telegram/pictures";

/// Where a picture can go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// Into one's own chat with the bot, to look at.
    Photo,
    /// The same, byte for byte.
    File,
    /// Into any other chat.
    Share,
    /// Onto the device.
    Save,
    /// Into a story.
    Story,
}

/// What the server can do, as its configuration tells: send through a bot, and give out addresses that Telegram reaches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Offer {
    /// Whether it can send.
    pub send: bool,
    /// Whether it has an https address.
    pub save: bool,
}

impl Way {
    /// Every way.
    pub const ALL: [Self; 5] = [Self::Photo, Self::File, Self::Share, Self::Save, Self::Story];

    /// What the client is asked for in the end; nothing where the server does all.
    pub const fn call(self) -> Option<Call> {
        match self {
            Self::Photo | Self::File => None,
            Self::Share => Some(Call::PreparedMessage),
            Self::Save => Some(Call::Download),
            Self::Story => Some(Call::Story),
        }
    }

    /// Whether the bot speaks to Telegram for it.
    pub const fn needs_bot(self) -> bool {
        matches!(self, Self::Photo | Self::File | Self::Share)
    }

    /// The ways of a server and of a client that knows these calls.
    pub fn open(offer: Offer, knows: impl Fn(Call) -> bool) -> Vec<Self> {
        let is_offered = |way: &Self| if way.needs_bot() { offer.send } else { offer.save };
        let is_known = |way: &Self| way.call().is_none_or(&knows);
        Self::ALL.into_iter().filter(|way| is_offered(way) && is_known(way)).collect()
    }
}

/// A request to the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    /// The picture's bytes.
    HandOver,
    /// A body, if there is one, to this path.
    Post(String, Option<Value>),
}

impl Ask {
    /// Where it goes.
    pub fn path(&self) -> &str {
        match self {
            Self::HandOver => PICTURES,
            Self::Post(path, _) => path,
        }
    }
}

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// A status and a body; null if that is no JSON.
    Reply(u16, Value),
    /// Nothing was sent.
    Unsent,
    /// It may have been sent; nothing came back.
    Lost,
}

/// What there is to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// It is in the chat with the bot. As a file, although a photo was wanted, if that is so.
    Sent {
        /// Whether Telegram did not take it as a photo.
        is_file_instead: bool,
    },
    /// All is ready; the next press opens what Telegram has for this way.
    Ready(Way),
    /// Telegram was asked for this. If nothing opens, it may be pressed again.
    Asked(Way),
    /// It is in the chat that the person chose.
    Shared,
    /// Telegram saves it.
    Saving,
    /// The person thought better of it.
    Declined,
    /// The bot may not write to the person yet.
    NoAccess,
    /// Nothing may be sent for so many seconds.
    Pause(u64),
    /// The pause is over.
    PauseOver,
    /// It did not work.
    Failed(Trouble),
}

/// Why something did not work. Unless said otherwise nothing was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// No connection to the server.
    NoNetwork,
    /// It is not known whether it was sent.
    Unknown,
    /// The server has no connection to Telegram.
    Away,
    /// Telegram refused, for a reason that is in the server's log.
    Refused,
    /// This client cannot do it.
    Unsupported,
    /// More bytes than bots may send.
    TooLarge,
    /// The server takes it for no picture, or a damaged one.
    BadPicture,
    /// Its bytes are not on this device any more.
    NoBytes,
    /// The server does not know who this is.
    NotSignedIn,
    /// Anything else.
    Other,
}

/// What a press leads to.
#[derive(Clone, Debug, PartialEq)]
pub enum Press {
    /// Nothing: something is being done, or there is a pause.
    Nothing,
    /// The client is to be asked for this in the same turn.
    Finish(Call, Value),
    /// Something is to be done: see [`Desk::ask`].
    Work,
}

/// What is being done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// The picture is made ready for whatever is pressed first.
    Open,
    /// What was pressed.
    Way(Way),
}

/// Something that is good until a time.
#[derive(Clone, Debug, PartialEq)]
struct Lent<T> {
    value: T,
    until: u64,
}

/// Everything about one picture on its way out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Desk {
    offer: Offer,
    /// What the server calls the picture.
    handed: Option<Lent<String>>,
    is_photo: bool,
    /// Address and name for the client.
    link: Option<Lent<(String, String)>>,
    /// The message for any chat. The client says when it is too old.
    prepared: Option<String>,
    work: Option<Work>,
    /// Whether the picture was handed over for this work.
    is_fresh: bool,
    pause_until: u64,
    /// What is to be sent once the bot may write.
    wanted: Option<Way>,
    said: Option<Said>,
}

impl Desk {
    /// A picture of which nothing is known yet. It is made ready at once.
    pub fn new(offer: Offer) -> Self {
        Self { offer, is_photo: true, work: Some(Work::Open), ..Self::default() }
    }

    /// What is being done.
    pub const fn work(&self) -> Option<Work> {
        self.work
    }

    /// What there is to say.
    pub const fn said(&self) -> Option<Said> {
        self.said
    }

    /// Whether Telegram takes it as a photo, as far as is known.
    pub const fn is_photo(&self) -> bool {
        self.is_photo
    }

    /// Whether the next press finishes this way.
    pub fn is_ready(&self, way: Way, now: u64) -> bool {
        match way {
            Way::Photo | Way::File => false,
            Way::Share => self.prepared.is_some(),
            Way::Save | Way::Story => good(&self.link, now).is_some(),
        }
    }

    /// Whether this way has to wait.
    pub const fn is_paused(&self, way: Way, now: u64) -> bool {
        way.needs_bot() && now < self.pause_until
    }

    /// Milliseconds until a pause is over.
    pub const fn pause(&self, now: u64) -> u64 {
        self.pause_until.saturating_sub(now)
    }

    /// The pause is over.
    pub fn end_pause(&mut self) {
        self.pause_until = 0;
        if matches!(self.said, Some(Said::Pause(_))) {
            self.said = Some(Said::PauseOver);
        }
    }

    /// A way was pressed.
    pub fn press(&mut self, way: Way, now: u64) -> Press {
        if self.work.is_some() || self.is_paused(way, now) {
            return Press::Nothing;
        }
        if let Some((call, data)) = self.finish(way, now) {
            self.said = Some(Said::Asked(way));
            return Press::Finish(call, data);
        }
        self.work = Some(Work::Way(way));
        self.is_fresh = false;
        self.said = None;
        Press::Work
    }

    /// What the client is to be asked for, if all is ready.
    fn finish(&self, way: Way, now: u64) -> Option<(Call, Value)> {
        let data = match way {
            Way::Photo | Way::File => return None,
            Way::Share => json!({ "id": self.prepared.as_ref()? }),
            Way::Save => {
                let (url, name) = good(&self.link, now)?;
                json!({ "url": url, "file_name": name })
            }
            Way::Story => json!({ "media_url": good(&self.link, now)?.0 }),
        };
        Some((way.call()?, data))
    }

    /// The next request of what is being done; none if nothing is.
    pub fn ask(&self, now: u64) -> Option<Ask> {
        let work = self.work?;
        let Some(id) = good(&self.handed, now) else { return Some(Ask::HandOver) };
        let of = |what: &str| format!("{PICTURES}/{id}/{what}");
        let send = |way: &str| Ask::Post(of("send"), Some(json!({ "as": way })));
        Some(match work {
            Work::Way(Way::Photo) => send("photo"),
            Work::Way(Way::File) => send("document"),
            Work::Way(Way::Share) => Ask::Post(of("share"), None),
            Work::Way(Way::Save | Way::Story) | Work::Open => Ask::Post(of("link"), None),
        })
    }

    /// The answer to [`Desk::ask`] came.
    pub fn hear_server(&mut self, ask: &Ask, answer: &Answer, now: u64) {
        let Some(work) = self.work else { return };
        let (status, body) = match answer {
            Answer::Reply(status, body) => (*status, body),
            Answer::Unsent => return self.fail(Trouble::NoNetwork),
            Answer::Lost => {
                let may_be_sent = matches!(work, Work::Way(Way::Photo | Way::File));
                let is_sending = may_be_sent && *ask != Ask::HandOver;
                return self.fail(if is_sending { Trouble::Unknown } else { Trouble::NoNetwork });
            }
        };
        if !(200..300).contains(&status) {
            return self.hear_refusal(ask, status, body, now);
        }
        match (ask, work) {
            (Ask::HandOver, work) => self.hear_handed(work, body, now),
            (_, Work::Way(Way::Photo | Way::File)) => {
                let is_file = body["sent"] == "document";
                self.end(Said::Sent { is_file_instead: is_file && work == Work::Way(Way::Photo) });
            }
            (_, Work::Way(Way::Share)) => match body["prepared_message_id"].as_str() {
                Some(id) => {
                    self.prepared = Some(id.to_owned());
                    self.end(Said::Ready(Way::Share));
                }
                None => self.fail(Trouble::Other),
            },
            (_, Work::Open | Work::Way(Way::Save | Way::Story)) => {
                let text = |key: &str| body[key].as_str().map(str::to_owned);
                self.link = text("url").zip(text("file_name")).map(|value| lent(value, body, now));
                match (work, good(&self.link, now)) {
                    (_, None) => self.fail(Trouble::Other),
                    (Work::Way(way), Some(_)) => self.end(Said::Ready(way)),
                    (Work::Open, Some(_)) => self.work = None,
                }
            }
        }
    }

    fn hear_handed(&mut self, work: Work, body: &Value, now: u64) {
        let Some(id) = body["picture_id"].as_str() else { return self.fail(Trouble::Other) };
        self.handed = Some(lent(id.to_owned(), body, now));
        self.is_fresh = true;
        self.is_photo = body["photo"] != false;
        self.prepared = None;
        self.link = None;
        if good(&self.handed, now).is_none() {
            return self.fail(Trouble::Other);
        }
        if work == Work::Open && !self.offer.save {
            self.work = None;
        }
    }

    fn hear_refusal(&mut self, ask: &Ask, status: u16, body: &Value, now: u64) {
        let error = ServerError::read(body);
        let code = error.as_ref().and_then(|error| ServerCode::of_name(&error.code));
        let trouble = match code {
            // The server was restarted, or needed the room: once more from the start.
            Some(ServerCode::PictureGone) if !self.is_fresh && *ask != Ask::HandOver => {
                self.handed = None;
                return;
            }
            Some(ServerCode::WriteAccessRequired) => {
                if let Some(Work::Way(way)) = self.work {
                    self.wanted = Some(way);
                }
                return self.end(Said::NoAccess);
            }
            _ if status == 429 => {
                let wait = error.and_then(|error| error.retry_after_ms).unwrap_or(PAUSE);
                self.pause_until = now + wait;
                return self.end(Said::Pause(wait.div_ceil(1000)));
            }
            Some(ServerCode::TelegramAway) => Trouble::Away,
            Some(ServerCode::TelegramUnknown) => Trouble::Unknown,
            Some(ServerCode::TelegramRefused) => Trouble::Refused,
            Some(ServerCode::BodyTooLarge) => Trouble::TooLarge,
            Some(ServerCode::BadPicture) => Trouble::BadPicture,
            _ if status == 401 => Trouble::NotSignedIn,
            _ => Trouble::Other,
        };
        self.fail(trouble);
    }

    /// The client told something. Gives the way that can be gone now that the bot may write.
    pub fn hear_client(&mut self, event: &Event) -> Option<Way> {
        self.said = Some(match event {
            Event::PreparedMessage(Ok(())) => {
                // It can be sent once.
                self.prepared = None;
                Said::Shared
            }
            Event::PreparedMessage(Err(why)) => match why.as_str() {
                "USER_DECLINED" => Said::Declined,
                "UNSUPPORTED" => Said::Failed(Trouble::Unsupported),
                _ => {
                    self.prepared = None;
                    Said::Failed(Trouble::Other)
                }
            },
            Event::Download(true) => Said::Saving,
            Event::Download(false) => Said::Declined,
            Event::WriteAccess(true) => return self.wanted.take(),
            Event::WriteAccess(false) => Said::NoAccess,
            _ => return None,
        });
        None
    }

    /// What is being done cannot be.
    pub fn fail(&mut self, trouble: Trouble) {
        self.end(Said::Failed(trouble));
    }

    fn end(&mut self, said: Said) {
        self.work = None;
        self.said = Some(said);
    }
}

/// Something of a reply, as long as the reply says.
fn lent<T>(value: T, body: &Value, now: u64) -> Lent<T> {
    let seconds = body["expires_in"].as_u64().unwrap_or_default();
    Lent { value, until: now + seconds.saturating_mul(1000) }
}

fn good<T>(lent: &Option<Lent<T>>, now: u64) -> Option<&T> {
    lent.as_ref().filter(|lent| now + MARGIN < lent.until).map(|lent| &lent.value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bridge::Version;
    use proptest::prelude::*;

    const BOTH: Offer = Offer { send: true, save: true };
    const QUARTER: u64 = 15 * 60 * 1000;

    /// Answers as the server does, and gives the requests.
    fn serve(desk: &mut Desk, now: u64) -> Vec<Ask> {
        let mut asked = Vec::new();
        while let Some(ask) = desk.ask(now) {
            desk.hear_server(&ask, &Answer::Reply(200, reply(&ask)), now);
            asked.push(ask);
            assert!(asked.len() < 5, "{asked:?}");
        }
        asked
    }

    fn reply(ask: &Ask) -> Value {
        match ask {
            Ask::HandOver => json!({ "picture_id": "p", "photo": true, "expires_in": 900 }),
            Ask::Post(path, Some(body)) => {
                assert!(path.ends_with("/p/send"));
                json!({ "sent": body["as"], "reason": null })
            }
            Ask::Post(path, None) if path.ends_with("/share") => {
                json!({ "prepared_message_id": "m", "expires_at": 1 })
            }
            Ask::Post(..) => {
                json!({ "url": "https://s.example/f?key=k", "file_name": "l.png", "expires_in": 900 })
            }
        }
    }

    fn refused(code: ServerCode) -> Answer {
        Answer::Reply(code.status(), ServerError::new(code, None).reply())
    }

    fn opened() -> Desk {
        let mut desk = Desk::new(BOTH);
        assert_eq!(serve(&mut desk, 0).len(), 2);
        assert_eq!((desk.work(), desk.said()), (None, None));
        desk
    }

    #[test]
    fn a_client_is_offered_what_it_and_the_server_can_do() {
        let ways = |offer, version| Way::open(offer, |call| call.since() <= version);
        assert_eq!(ways(BOTH, Version::new(9, 1)), Way::ALL);
        assert_eq!(ways(BOTH, Version::FIRST), [Way::Photo, Way::File]);
        assert_eq!(ways(BOTH, Version::new(7, 8)), [Way::Photo, Way::File, Way::Story]);
        let save = Offer { send: false, save: true };
        assert_eq!(ways(save, Version::new(8, 0)), [Way::Save, Way::Story]);
        assert_eq!(ways(Offer::default(), Version::new(9, 1)), []);
    }

    #[test]
    fn what_was_made_ready_is_finished_in_the_turn_of_the_press() {
        let mut desk = opened();
        let Press::Finish(call, data) = desk.press(Way::Save, 1) else { panic!("not ready") };
        assert_eq!(call, Call::Download);
        assert_eq!(data, json!({ "url": "https://s.example/f?key=k", "file_name": "l.png" }));
        assert_eq!(desk.said(), Some(Said::Asked(Way::Save)));
        // A client that drops it can be asked again.
        assert!(matches!(desk.press(Way::Save, 2), Press::Finish(..)));
        desk.hear_client(&Event::Download(true));
        assert_eq!(desk.said(), Some(Said::Saving));
        assert!(matches!(desk.press(Way::Story, 2), Press::Finish(Call::Story, _)));
    }

    #[test]
    fn a_message_for_any_chat_takes_two_presses_and_can_be_sent_once() {
        let mut desk = opened();
        assert_eq!(desk.press(Way::Share, 0), Press::Work);
        assert_eq!(desk.press(Way::Photo, 0), Press::Nothing, "one thing at a time");
        assert_eq!(
            serve(&mut desk, 0),
            [Ask::Post("/api/v1/telegram/pictures/p/share".into(), None)]
        );
        assert_eq!(desk.said(), Some(Said::Ready(Way::Share)));
        let ready = Press::Finish(Call::PreparedMessage, json!({ "id": "m" }));
        assert_eq!(desk.press(Way::Share, 0), ready);
        desk.hear_client(&Event::PreparedMessage(Err("USER_DECLINED".into())));
        assert_eq!((desk.said(), desk.is_ready(Way::Share, 0)), (Some(Said::Declined), true));
        assert_eq!(desk.press(Way::Share, 0), ready);
        desk.hear_client(&Event::PreparedMessage(Ok(())));
        assert_eq!((desk.said(), desk.is_ready(Way::Share, 0)), (Some(Said::Shared), false));
        desk.prepared = Some("old".into());
        desk.hear_client(&Event::PreparedMessage(Err("MESSAGE_EXPIRED".into())));
        assert_eq!(desk.press(Way::Share, 0), Press::Work);
    }

    #[test]
    fn what_the_server_has_forgotten_is_handed_over_again_once() {
        let mut desk = opened();
        assert_eq!(desk.press(Way::Photo, QUARTER), Press::Work);
        assert_eq!(serve(&mut desk, QUARTER).len(), 2, "handed over, sent");

        let mut desk = opened();
        desk.press(Way::Photo, 1);
        let ask = desk.ask(1).unwrap();
        desk.hear_server(&ask, &refused(ServerCode::PictureGone), 1);
        assert_eq!(desk.ask(1), Some(Ask::HandOver));
        desk.hear_server(&Ask::HandOver, &Answer::Reply(201, reply(&Ask::HandOver)), 1);
        desk.hear_server(&ask, &refused(ServerCode::PictureGone), 1);
        assert_eq!((desk.ask(1), desk.said()), (None, Some(Said::Failed(Trouble::Other))));
    }

    #[test]
    fn what_was_wanted_is_sent_once_the_bot_may_write() {
        let mut desk = opened();
        desk.press(Way::File, 0);
        let ask = desk.ask(0).unwrap();
        desk.hear_server(&ask, &refused(ServerCode::WriteAccessRequired), 0);
        assert_eq!((desk.said(), desk.work()), (Some(Said::NoAccess), None));
        assert_eq!(desk.hear_client(&Event::WriteAccess(false)), None);
        assert_eq!(desk.said(), Some(Said::NoAccess));
        assert_eq!(desk.hear_client(&Event::WriteAccess(true)), Some(Way::File));
        assert_eq!(desk.hear_client(&Event::WriteAccess(true)), None, "and only once");
    }

    #[test]
    fn a_pause_stops_what_the_bot_does_and_nothing_else() {
        let mut desk = opened();
        desk.press(Way::Photo, 0);
        let mut error = ServerError::new(ServerCode::TelegramBusy, None);
        error.retry_after_ms = Some(6_500);
        let ask = desk.ask(0).unwrap();
        desk.hear_server(&ask, &Answer::Reply(429, error.reply()), 0);
        assert_eq!((desk.said(), desk.pause(500)), (Some(Said::Pause(7)), 6_000));
        assert_eq!(desk.press(Way::Share, 6_499), Press::Nothing);
        assert!(matches!(desk.press(Way::Save, 6_499), Press::Finish(..)));
        assert_eq!(desk.press(Way::Photo, 6_500), Press::Work);
    }

    #[test]
    fn whether_it_may_have_been_sent_is_said() {
        for (way, answer, trouble) in [
            (Way::Photo, Answer::Lost, Trouble::Unknown),
            (Way::Photo, Answer::Unsent, Trouble::NoNetwork),
            (Way::Share, Answer::Lost, Trouble::NoNetwork),
            (Way::Photo, refused(ServerCode::TelegramUnknown), Trouble::Unknown),
            (Way::Photo, refused(ServerCode::TelegramAway), Trouble::Away),
            (Way::File, refused(ServerCode::SessionOver), Trouble::NotSignedIn),
            (Way::File, Answer::Reply(500, Value::Null), Trouble::Other),
        ] {
            let mut desk = opened();
            desk.press(way, 0);
            let ask = desk.ask(0).unwrap();
            desk.hear_server(&ask, &answer, 0);
            assert_eq!(desk.said(), Some(Said::Failed(trouble)), "{answer:?}");
        }
        let mut desk = Desk::new(BOTH);
        desk.hear_server(&Ask::HandOver, &Answer::Lost, 0);
        assert_eq!(desk.said(), Some(Said::Failed(Trouble::NoNetwork)), "bytes alone send nothing");
    }

    proptest! {
        /// Whatever the server answers, whatever is pressed: work ends, and a press outside of it always does something.
        #[test]
        fn no_answer_leaves_it_stuck(
            ways in prop::collection::vec(0..5_usize, 1..6),
            answers in prop::collection::vec((100..600_u16, 0..7_usize), 1..40),
        ) {
            let bodies = [
                Value::Null,
                json!([]),
                json!({ "picture_id": "p", "expires_in": 900 }),
                json!({ "picture_id": "p" }),
                json!({ "url": 1, "prepared_message_id": [], "expires_in": -1 }),
                json!({ "url": "u", "file_name": "f", "prepared_message_id": "m", "sent": "photo" }),
                ServerError::new(ServerCode::PictureGone, None).reply(),
            ];
            let mut desk = Desk::new(BOTH);
            let mut answers = answers.into_iter().cycle();
            for way in ways {
                let mut requests = 0;
                while let Some(ask) = desk.ask(0) {
                    let (status, body) = answers.next().unwrap();
                    desk.hear_server(&ask, &Answer::Reply(status, bodies[body].clone()), 0);
                    requests += 1;
                    prop_assert!(requests < 20);
                }
                prop_assert_eq!(desk.work(), None);
                desk.end_pause();
                prop_assert_ne!(desk.press(Way::ALL[way], 0), Press::Nothing);
            }
        }
    }
}
