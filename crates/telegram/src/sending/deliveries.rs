//! The deliveries of all pictures, as long as the app is open. Closing a panel forgets nothing:
//! neither what was sent nor a pause.

use super::{Answer, Ask, Delivery, Press, Said, Trouble, Way, Work};
use crate::bridge::Event;
use likeness_api::telegram::Offer;
use std::collections::BTreeMap;

/// What an event of the client led to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// Nothing: it answers nothing that was asked here.
    Nothing,
    /// There is something to say of this picture.
    Said(String),
    /// This way can be gone now.
    Go(String, Way),
}

/// All deliveries, by the ids of their pictures, and the pause that all of them keep.
#[derive(Clone, Debug, Default)]
pub struct Deliveries {
    all: BTreeMap<String, Delivery>,
    pause_until: u64,
    /// The picture for which the client was asked last to save or to share.
    asking: Option<String>,
    /// The picture for which the person was asked last whether the bot may write.
    asking_access: Option<String>,
}

impl Deliveries {
    /// Opens the delivery of a picture. Whether there is something to be done, since it is new or
    /// could not be made ready before: see [`Deliveries::ask`].
    pub fn open(&mut self, id: &str, offer: Offer) -> bool {
        if let Some(delivery) = self.all.get_mut(id) {
            return delivery.open_again();
        }
        self.all.insert(id.to_owned(), Delivery::new(offer));
        true
    }

    /// The delivery of a picture.
    pub fn delivery(&self, id: &str) -> Option<&Delivery> {
        self.all.get(id)
    }

    /// Whether something that was pressed is being done.
    pub fn is_at_work(&self) -> bool {
        self.all.values().any(|delivery| matches!(delivery.work(), Some(Work::Way(_))))
    }

    /// Milliseconds until a pause is over.
    pub const fn pause(&self, now: u64) -> u64 {
        self.pause_until.saturating_sub(now)
    }

    /// Says that a pause is over, if it is.
    pub fn end_pause(&mut self, now: u64) {
        if self.pause(now) > 0 {
            return;
        }
        for delivery in self.all.values_mut() {
            if matches!(delivery.said, Some(Said::Pause(_))) {
                delivery.said = Some(Said::PauseOver);
            }
        }
    }

    /// A way was pressed.
    pub fn press(&mut self, id: &str, way: Way, now: u64) -> Press {
        let pause = self.pause(now);
        let Some(delivery) = self.all.get_mut(id) else { return Press::Nothing };
        let press = delivery.press(way, now, pause);
        if matches!(press, Press::Finish(..)) {
            self.asking = Some(id.to_owned());
        }
        press
    }

    /// The client is asked whether the bot may write.
    pub fn ask_access(&mut self, id: &str) {
        if let Some(delivery) = self.all.get_mut(id) {
            delivery.said = Some(Said::AccessAsked);
            self.asking_access = Some(id.to_owned());
        }
    }

    /// The next request of what is being done with a picture; none if nothing is.
    pub fn ask(&self, id: &str, now: u64) -> Option<Ask> {
        self.all.get(id)?.ask(now)
    }

    /// The answer to [`Deliveries::ask`] came.
    pub fn hear_server(&mut self, id: &str, ask: &Ask, answer: &Answer, now: u64) {
        let Some(delivery) = self.all.get_mut(id) else { return };
        if let Some(wait) = delivery.hear_server(ask, answer, now) {
            self.pause_until = self.pause_until.max(now.saturating_add(wait));
        }
    }

    /// The client told something, which belongs to the picture that it was asked for.
    pub fn hear_client(&mut self, event: &Event) -> Heard {
        let asking = match event {
            Event::PreparedMessage(_) | Event::Download(_) => self.asking.clone(),
            Event::WriteAccess(_) => self.asking_access.clone(),
            _ => None,
        };
        let heard = asking.and_then(|id| {
            let delivery = self.all.get_mut(&id)?;
            let before = delivery.said;
            Some(match delivery.hear_client(event) {
                Some(way) => Heard::Go(id, way),
                None if delivery.said == before => Heard::Nothing,
                None => Heard::Said(id),
            })
        });
        if *event == Event::WriteAccess(true) {
            // It holds for all pictures.
            let waiting = self.all.values_mut().filter(|delivery| delivery.waits_for_access());
            waiting.for_each(|delivery| delivery.said = None);
        }
        heard.unwrap_or(Heard::Nothing)
    }

    /// The address that Telegram was given for a picture leads nowhere, whatever the client says of
    /// it.
    pub fn lose_link(&mut self, id: &str, trouble: Trouble) {
        if let Some(delivery) = self.all.get_mut(id) {
            delivery.lose_link(trouble);
            self.asking = self.asking.take().filter(|asking| asking != id);
        }
    }

    /// What is being done with a picture cannot be.
    pub fn fail(&mut self, id: &str, trouble: Trouble) {
        if let Some(delivery) = self.all.get_mut(id) {
            delivery.fail(trouble);
        }
    }
}
