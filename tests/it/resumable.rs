//! Resumable uploads against a service that fails at random. A finished upload has stored its file exactly once, and every
//! upload ends.

use proptest::prelude::*;
use wix_media::resumable::tus::{ResumableUpload, RetryLimits, UploadAction, UploadEvent, UploadState};

/// A fault of one request.
#[derive(Clone, Copy, Debug)]
enum Fault {
    None,
    /// The request never arrives.
    LostBefore,
    /// The request succeeds, and its answer is lost.
    LostAfter,
    /// Only this part of a chunk arrives, in percent.
    Cut(u8),
    /// An error that is unrelated to the state.
    Status(u16),
    /// The answer reports another offset.
    Lie(u16),
    /// The session disappears before the request.
    Forget,
    /// The caller pauses the upload.
    Pause,
    /// The process ends, and another one resumes from the record.
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

/// A service with one upload token at a time.
#[derive(Default)]
struct Service {
    session: Option<Vec<u8>>,
    /// Whether the token was used, so that its file exists.
    done: bool,
    files: Vec<Vec<u8>>,
}

fn refused(status: u16) -> UploadEvent {
    UploadEvent::Rejected { status, wait: f64::NAN }
}

impl Service {
    /// Serves a request and returns its answer as an event.
    fn serve(&mut self, action: UploadAction, source: &[u8], part: f64) -> UploadEvent {
        let length = source.len() as f64;
        match action {
            UploadAction::RequestUrl => {
                self.session = None;
                self.done = false;
                UploadEvent::UrlReceived
            }
            UploadAction::Create if self.done => refused(409),
            UploadAction::Create => {
                self.session = Some(Vec::new());
                UploadEvent::Created
            }
            UploadAction::Finalise if self.done => refused(409),
            UploadAction::Finalise => match self.session.take() {
                Some(bytes) if bytes.len() == source.len() => {
                    self.files.push(bytes);
                    self.done = true;
                    UploadEvent::Finalised
                }
                kept => {
                    self.session = kept;
                    refused(400)
                }
            },
            UploadAction::LookUp if self.files.is_empty() => UploadEvent::NotFound,
            UploadAction::LookUp => UploadEvent::Finalised,
            _ => {
                let Some(bytes) = &mut self.session else {
                    return refused(404);
                };
                if let UploadAction::Send { from, to } = action {
                    if from != bytes.len() as f64 {
                        return refused(409);
                    }
                    let arrived = from + ((to - from) * part).floor();
                    bytes.extend_from_slice(&source[from as usize..arrived as usize]);
                }
                UploadEvent::Offset {
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
    fn finished_upload_is_stored_exactly_once(
        length in 1..50usize,
        chunk in 1..30u32,
        faults in prop::collection::vec(fault(), 0..40),
    ) {
        let source: Vec<u8> = (0..length).map(|number| number as u8).collect();
        let limits = RetryLimits { max_attempts: 6.0, first_delay: 1.0, max_delay: 100.0 };
        let mut upload = ResumableUpload::new(length as f64, f64::from(chunk), limits);
        let mut service = Service::default();
        let mut faults = faults.into_iter();
        let mut action = upload.on(UploadEvent::Start, 0.5);
        for step in 0.. {
            prop_assert!(step < 10_000, "the upload does not end");
            let event = match action {
                UploadAction::Finish | UploadAction::Fail | UploadAction::RejectOffset => break,
                UploadAction::Wait { ms } => {
                    prop_assert!((0.0..=100.0).contains(&ms));
                    UploadEvent::WaitOver
                }
                UploadAction::Idle => UploadEvent::Resume,
                _ => {
                    let fault = faults.next().unwrap_or(Fault::None);
                    // The search uses calls with retries of their own.
                    let fault = if matches!(action, UploadAction::LookUp | UploadAction::RequestUrl) { Fault::None } else { fault };
                    match fault {
                        Fault::None => service.serve(action, &source, 1.0),
                        Fault::LostBefore => UploadEvent::NoResponse,
                        Fault::LostAfter => {
                            service.serve(action, &source, 1.0);
                            UploadEvent::NoResponse
                        }
                        Fault::Cut(percent) => {
                            if matches!(action, UploadAction::Send { .. }) {
                                service.serve(action, &source, f64::from(percent) / 100.0);
                            }
                            UploadEvent::NoResponse
                        }
                        Fault::Status(status) => refused(status),
                        Fault::Lie(offset) => match service.serve(action, &source, 1.0) {
                            UploadEvent::Offset { length, .. } => UploadEvent::Offset { offset: f64::from(offset), length },
                            event => event,
                        },
                        Fault::Forget => {
                            service.session = None;
                            service.serve(action, &source, 1.0)
                        }
                        Fault::Pause => UploadEvent::Pause,
                        Fault::Restart => {
                            upload = ResumableUpload::from_numbers(&upload.to_numbers()).unwrap();
                            UploadEvent::Start
                        }
                    }
                }
            };
            let before = upload.clone();
            action = upload.on(event, 0.5);
            if let UploadAction::Send { from, to } = action {
                prop_assert!(from < to && to <= length as f64 && to - from <= f64::from(chunk), "{before:?} {event:?}");
            }
        }
        if upload.state == UploadState::Done {
            prop_assert_eq!(&service.files, &vec![source]);
        } else {
            prop_assert!(service.files.len() <= 1);
        }
    }
}
