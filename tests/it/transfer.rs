//! The machine of resumable uploads on a service that fails at random: whatever happens, what it reports as done is there
//! once and byte for byte, and it always comes to an end.

use proptest::prelude::*;
use wix_media::resumable::tus::{Action, Event, Patience, State, Transfer};

/// What goes wrong with one request.
#[derive(Clone, Copy, Debug)]
enum Fault {
    None,
    /// The request never arrives.
    LostBefore,
    /// Everything happens, and the answer is lost.
    LostAfter,
    /// Of a chunk this part arrives, in percent.
    Cut(u8),
    /// A refusal that has nothing to do with the state.
    Status(u16),
    /// The answer names another offset.
    Lie(u16),
    /// The service forgets the transfer before the request.
    Forget,
    /// The caller stops it for a while.
    Pause,
    /// The process ends, and another one takes the record up.
    Restart,
}

fn fault() -> impl Strategy<Value = Fault> {
    prop_oneof![
        8 => Just(Fault::None),
        2 => Just(Fault::LostBefore),
        2 => Just(Fault::LostAfter),
        3 => (0..=100u8).prop_map(Fault::Cut),
        2 => prop::sample::select(vec![400, 401, 403, 404, 409, 410, 423, 429, 500, 503]).prop_map(Fault::Status),
        1 => (0..60u16).prop_map(Fault::Lie),
        1 => Just(Fault::Forget),
        1 => Just(Fault::Pause),
        1 => Just(Fault::Restart),
    ]
}

/// A service with one token at a time.
#[derive(Default)]
struct Service {
    transfer: Option<Vec<u8>>,
    /// The token is used up: its file is there.
    done: bool,
    files: Vec<Vec<u8>>,
}

fn refused(status: u16) -> Event {
    Event::Refused { status, wait: f64::NAN }
}

impl Service {
    /// What a request does, and its answer.
    fn serve(&mut self, action: Action, source: &[u8], part: f64) -> Event {
        let length = source.len() as f64;
        match action {
            Action::Begin => {
                self.transfer = None;
                self.done = false;
                Event::Begun
            }
            Action::Create if self.done => refused(409),
            Action::Create => {
                self.transfer = Some(Vec::new());
                Event::Created
            }
            Action::Finalise if self.done => refused(409),
            Action::Finalise => match self.transfer.take() {
                Some(bytes) if bytes.len() == source.len() => {
                    self.files.push(bytes);
                    self.done = true;
                    Event::Finalised
                }
                kept => {
                    self.transfer = kept;
                    refused(400)
                }
            },
            Action::LookUp if self.files.is_empty() => Event::Missing,
            Action::LookUp => Event::Finalised,
            _ => {
                let Some(bytes) = &mut self.transfer else {
                    return refused(404);
                };
                if let Action::Send { from, to } = action {
                    if from != bytes.len() as f64 {
                        return refused(409);
                    }
                    let arrived = from + ((to - from) * part).floor();
                    bytes.extend_from_slice(&source[from as usize..arrived as usize]);
                }
                Event::Offset {
                    offset: bytes.len() as f64,
                    length,
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn what_is_done_is_there_once(
        length in 1..50usize,
        chunk in 1..30u32,
        faults in prop::collection::vec(fault(), 0..40),
    ) {
        let source: Vec<u8> = (0..length).map(|number| number as u8).collect();
        let patience = Patience { tries: 6.0, first: 1.0, longest: 100.0 };
        let mut transfer = Transfer::new(length as f64, f64::from(chunk), patience);
        let mut service = Service::default();
        let mut faults = faults.into_iter();
        let mut action = transfer.on(Event::Start, 0.5);
        for step in 0.. {
            prop_assert!(step < 10_000, "it comes to an end");
            let event = match action {
                Action::Finish | Action::Fail | Action::Distrust => break,
                Action::Wait { ms } => {
                    prop_assert!((0.0..=100.0).contains(&ms));
                    Event::Woke
                }
                Action::Rest => Event::Resume,
                _ => {
                    let fault = faults.next().unwrap_or(Fault::None);
                    // The look-up goes by calls that are tried again on their own.
                    let fault = if matches!(action, Action::LookUp | Action::Begin) { Fault::None } else { fault };
                    match fault {
                        Fault::None => service.serve(action, &source, 1.0),
                        Fault::LostBefore => Event::Lost,
                        Fault::LostAfter => {
                            service.serve(action, &source, 1.0);
                            Event::Lost
                        }
                        Fault::Cut(percent) => {
                            if matches!(action, Action::Send { .. }) {
                                service.serve(action, &source, f64::from(percent) / 100.0);
                            }
                            Event::Lost
                        }
                        Fault::Status(status) => refused(status),
                        Fault::Lie(offset) => match service.serve(action, &source, 1.0) {
                            Event::Offset { length, .. } => Event::Offset { offset: f64::from(offset), length },
                            event => event,
                        },
                        Fault::Forget => {
                            service.transfer = None;
                            service.serve(action, &source, 1.0)
                        }
                        Fault::Pause => Event::Pause,
                        Fault::Restart => {
                            transfer = Transfer::from_numbers(&transfer.to_numbers()).unwrap();
                            Event::Start
                        }
                    }
                }
            };
            let before = transfer.clone();
            action = transfer.on(event, 0.5);
            if let Action::Send { from, to } = action {
                prop_assert!(from < to && to <= length as f64 && to - from <= f64::from(chunk), "{before:?} {event:?}");
            }
        }
        if transfer.state == State::Done {
            prop_assert_eq!(&service.files, &vec![source]);
        } else {
            prop_assert!(service.files.len() <= 1);
        }
    }
}
