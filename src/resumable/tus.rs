//! The state machine of a resumable upload over TUS 1.0.0, up to the finalising request
//! (`docs/contract/uploads-and-downloads.md#s3`).
//!
//! [`ResumableUpload::on`] takes an [`UploadEvent`] and returns the [`UploadAction`] to carry out. At most one action runs at
//! a time. An upload consists of numbers only, so a record can keep it and another process can resume it.
//!
//! ```text
//!  RequestUrl ──► Create ──► Send ──► Send ──► Finalise ──► Finish
//!     ▲             │          │ ▲                │ 409, or the session is gone
//!     │             │       no │ │ offset         ▼
//!     │             │ response │ │              LookUp ──► Finish
//!     │             ▼          ▼ │                │ not found
//!     └─────── restart ◄── QueryOffset            └──► restart
//! ```
//!
//! Three rules keep bytes from being lost, repeated or reordered:
//!
//! - After anything but the success of a chunk, query the offset. Only the service's answer decides where to resume.
//! - Reject an impossible offset (beyond the last byte sent, or of another length), and start over.
//! - Once a finalising request may have arrived, look for the file before starting over. The file might exist twice
//!   otherwise.

/// The state of an upload. Records keep its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum UploadState {
    /// The upload has not started.
    New = 0,
    /// A new upload URL was requested.
    RequestingUrl = 1,
    /// The request that creates the upload session is running.
    Creating = 2,
    /// The offset of the service was queried.
    QueryingOffset = 3,
    /// A chunk is being sent.
    Sending = 4,
    /// The finalising request is running.
    Finalising = 5,
    /// The library is searched for the finished file.
    LookingUp = 6,
    /// The upload waits before the next attempt.
    Waiting = 7,
    /// The caller paused the upload.
    Paused = 8,
    /// The service is deleting the upload session.
    Terminating = 9,
    /// The file exists.
    Done = 10,
    /// The upload failed.
    Failed = 11,
    /// The caller cancelled the upload.
    Cancelled = 12,
}

impl UploadState {
    const ALL: [UploadState; 13] = [
        UploadState::New,
        UploadState::RequestingUrl,
        UploadState::Creating,
        UploadState::QueryingOffset,
        UploadState::Sending,
        UploadState::Finalising,
        UploadState::LookingUp,
        UploadState::Waiting,
        UploadState::Paused,
        UploadState::Terminating,
        UploadState::Done,
        UploadState::Failed,
        UploadState::Cancelled,
    ];
}

/// An event that an upload reacts to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum UploadEvent {
    /// The caller starts the upload, or resumes it from a record.
    Start,
    /// A new upload URL arrived.
    UrlReceived,
    /// The service created the upload session.
    Created,
    /// The service reported its offset.
    Offset {
        /// The bytes that the service has.
        offset: f64,
        /// The length of the whole upload, negative if unknown.
        length: f64,
    },
    /// The answer to the finalising request or to the search contains the file.
    Finalised,
    /// The search did not find the file.
    NotFound,
    /// The service answered with an error.
    Rejected {
        /// The HTTP status.
        status: u16,
        /// The value of `Retry-After` in milliseconds, NaN without one.
        wait: f64,
    },
    /// No answer arrived, or an unusable one.
    NoResponse,
    /// The wait is over.
    WaitOver,
    /// The caller pauses the upload.
    Pause,
    /// The caller resumes the upload.
    Resume,
    /// The caller cancels the upload.
    Cancel,
}

impl UploadEvent {
    /// The names of the events in JavaScript, at their numbers. The build generates a module from them.
    pub const NAMES: [&'static str; 12] = [
        "START",
        "URL_RECEIVED",
        "CREATED",
        "OFFSET",
        "FINALISED",
        "NOT_FOUND",
        "REJECTED",
        "NO_RESPONSE",
        "WAIT_OVER",
        "PAUSE",
        "RESUME",
        "CANCEL",
    ];

    /// Returns the event with this number and these members, `None` for an unknown number.
    ///
    /// ```
    /// use wix_media::resumable::tus::UploadEvent;
    ///
    /// assert_eq!(UploadEvent::from_number(3, 8.0, 10.0), Some(UploadEvent::Offset { offset: 8.0, length: 10.0 }));
    /// ```
    pub fn from_number(number: u8, first: f64, second: f64) -> Option<UploadEvent> {
        Some(match number {
            0 => UploadEvent::Start,
            1 => UploadEvent::UrlReceived,
            2 => UploadEvent::Created,
            3 => UploadEvent::Offset {
                offset: first,
                length: second,
            },
            4 => UploadEvent::Finalised,
            5 => UploadEvent::NotFound,
            6 => UploadEvent::Rejected {
                status: first as u16,
                wait: second,
            },
            7 => UploadEvent::NoResponse,
            8 => UploadEvent::WaitOver,
            9 => UploadEvent::Pause,
            10 => UploadEvent::Resume,
            11 => UploadEvent::Cancel,
            _ => return None,
        })
    }
}

/// The next thing to do.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum UploadAction {
    /// Request a new upload URL.
    RequestUrl,
    /// Create an upload session at the upload URL.
    Create,
    /// Query the offset of the service.
    QueryOffset,
    /// Send these bytes.
    Send {
        /// The first byte.
        from: f64,
        /// The end, exclusive.
        to: f64,
    },
    /// Send the finalising request.
    Finalise,
    /// Search the library for the file.
    LookUp,
    /// Wait.
    Wait {
        /// Milliseconds.
        ms: f64,
    },
    /// Delete the upload session.
    Terminate,
    /// Do nothing until the caller acts.
    Idle,
    /// Return the file.
    Finish,
    /// Report the last failure.
    Fail,
    /// Report that the offsets of the service are impossible.
    RejectOffset,
}

impl UploadAction {
    /// The names of the actions in JavaScript, at their numbers. The build generates a module from them.
    pub const NAMES: [&'static str; 12] = [
        "REQUEST_URL",
        "CREATE",
        "QUERY_OFFSET",
        "SEND",
        "FINALISE",
        "LOOK_UP",
        "WAIT",
        "TERMINATE",
        "IDLE",
        "FINISH",
        "FAIL",
        "REJECT_OFFSET",
    ];

    /// Returns the number of the action and its two members, 0 for missing ones.
    ///
    /// ```
    /// use wix_media::resumable::tus::UploadAction;
    ///
    /// assert_eq!(UploadAction::Send { from: 0.0, to: 8.0 }.to_numbers(), [3.0, 0.0, 8.0]);
    /// ```
    pub fn to_numbers(self) -> [f64; 3] {
        match self {
            UploadAction::RequestUrl => [0.0, 0.0, 0.0],
            UploadAction::Create => [1.0, 0.0, 0.0],
            UploadAction::QueryOffset => [2.0, 0.0, 0.0],
            UploadAction::Send { from, to } => [3.0, from, to],
            UploadAction::Finalise => [4.0, 0.0, 0.0],
            UploadAction::LookUp => [5.0, 0.0, 0.0],
            UploadAction::Wait { ms } => [6.0, ms, 0.0],
            UploadAction::Terminate => [7.0, 0.0, 0.0],
            UploadAction::Idle => [8.0, 0.0, 0.0],
            UploadAction::Finish => [9.0, 0.0, 0.0],
            UploadAction::Fail => [10.0, 0.0, 0.0],
            UploadAction::RejectOffset => [11.0, 0.0, 0.0],
        }
    }
}

/// The limits of retries.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RetryLimits {
    /// How many attempts may fail in a row without progress.
    pub max_attempts: f64,
    /// The first wait in milliseconds. Each further one is twice as long.
    pub first_delay: f64,
    /// The longest wait in milliseconds. If the service asks for a longer one, the upload fails.
    pub max_delay: f64,
}

/// How often an upload may start over.
const MAX_RESTARTS: f64 = 3.0;

/// A resumable upload.
///
/// ```
/// use wix_media::resumable::tus::{ResumableUpload, RetryLimits, UploadAction, UploadEvent};
///
/// let limits = RetryLimits { max_attempts: 6.0, first_delay: 500.0, max_delay: 20_000.0 };
/// let mut upload = ResumableUpload::new(10.0, 8.0, limits);
/// assert_eq!(upload.on(UploadEvent::Start, 0.5), UploadAction::RequestUrl);
/// assert_eq!(upload.on(UploadEvent::UrlReceived, 0.5), UploadAction::Create);
/// assert_eq!(upload.on(UploadEvent::Created, 0.5), UploadAction::Send { from: 0.0, to: 8.0 });
/// // The connection breaks. Query the offset, and continue from there.
/// assert_eq!(upload.on(UploadEvent::NoResponse, 0.0), UploadAction::Wait { ms: 500.0 });
/// assert_eq!(upload.on(UploadEvent::WaitOver, 0.5), UploadAction::QueryOffset);
/// let offset = UploadEvent::Offset { offset: 3.0, length: 10.0 };
/// assert_eq!(upload.on(offset, 0.5), UploadAction::Send { from: 3.0, to: 10.0 });
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct ResumableUpload {
    /// The state.
    pub state: UploadState,
    /// The state to enter after a wait or a pause.
    next: UploadState,
    /// The length of the file.
    pub length: f64,
    /// The largest chunk.
    pub chunk: f64,
    /// The offset that the service confirmed.
    pub offset: f64,
    /// The largest offset that the service ever confirmed, across restarts.
    max_offset: f64,
    /// The end of the last byte sent in this session.
    sent_to: f64,
    /// Consecutive failures without progress.
    failures: f64,
    /// The number of restarts.
    restarts: f64,
    /// Whether the service has an upload session.
    created: bool,
    /// Whether a finalising request may have arrived.
    finalised: bool,
    /// The limits of retries.
    limits: RetryLimits,
}

impl ResumableUpload {
    /// An upload of `length` bytes in chunks of at most `chunk`, not started.
    pub fn new(length: f64, chunk: f64, limits: RetryLimits) -> ResumableUpload {
        ResumableUpload {
            state: UploadState::New,
            next: UploadState::New,
            length,
            chunk: chunk.max(1.0),
            offset: 0.0,
            max_offset: 0.0,
            sent_to: 0.0,
            failures: 0.0,
            restarts: 0.0,
            created: false,
            finalised: false,
            limits,
        }
    }

    /// The number of numbers in a record.
    pub const NUMBERS: usize = 14;

    /// The position of the confirmed offset in a record.
    pub const OFFSET: usize = 4;

    /// The position of the size of chunks in a record. A host may put another size there between two events.
    pub const CHUNK: usize = 3;

    /// Returns the upload as numbers, for a record.
    ///
    /// ```
    /// use wix_media::resumable::tus::{RetryLimits, ResumableUpload};
    ///
    /// let upload = ResumableUpload::new(10.0, 8.0, RetryLimits { max_attempts: 6.0, first_delay: 500.0, max_delay: 20_000.0 });
    /// assert_eq!(ResumableUpload::from_numbers(&upload.to_numbers()), Some(upload));
    /// ```
    pub fn to_numbers(&self) -> [f64; ResumableUpload::NUMBERS] {
        [
            f64::from(self.state as u8),
            f64::from(self.next as u8),
            self.length,
            self.chunk,
            self.offset,
            self.max_offset,
            self.sent_to,
            self.failures,
            self.restarts,
            f64::from(u8::from(self.created)),
            f64::from(u8::from(self.finalised)),
            self.limits.max_attempts,
            self.limits.first_delay,
            self.limits.max_delay,
        ]
    }

    /// Restores an upload from a record. Returns `None` for invalid numbers.
    pub fn from_numbers(numbers: &[f64]) -> Option<ResumableUpload> {
        let &[
            state,
            next,
            length,
            chunk,
            offset,
            max_offset,
            sent_to,
            failures,
            restarts,
            created,
            finalised,
            max_attempts,
            first_delay,
            max_delay,
        ] = numbers
        else {
            return None;
        };
        let state_of = |number: f64| {
            UploadState::ALL
                .iter()
                .find(|state| f64::from(**state as u8) == number)
                .copied()
        };
        Some(ResumableUpload {
            state: state_of(state)?,
            next: state_of(next)?,
            length,
            chunk,
            offset,
            max_offset,
            sent_to,
            failures,
            restarts,
            created: created != 0.0,
            finalised: finalised != 0.0,
            limits: RetryLimits {
                max_attempts,
                first_delay,
                max_delay,
            },
        })
    }

    /// Handles an event and returns the action to carry out. `random` is in 0..1 and shortens waits.
    ///
    /// An event that does not fit the state, such as the late answer to an aborted request, changes nothing and returns
    /// [`UploadAction::Idle`].
    pub fn on(&mut self, event: UploadEvent, random: f64) -> UploadAction {
        use UploadState::*;
        match (self.state, event) {
            (Done, _) => UploadAction::Finish,
            (Failed, _) => UploadAction::Fail,
            (Cancelled, _) => UploadAction::Idle,
            (Terminating, UploadEvent::Offset { .. } | UploadEvent::Rejected { .. } | UploadEvent::NoResponse) => {
                // Ignore failures: the session expires by itself.
                self.state = Cancelled;
                UploadAction::Idle
            }
            (Terminating, _) => UploadAction::Idle,
            (_, UploadEvent::Cancel) => {
                self.state = if self.created { Terminating } else { Cancelled };
                if self.created {
                    UploadAction::Terminate
                } else {
                    UploadAction::Idle
                }
            }
            (Paused, UploadEvent::Resume) | (_, UploadEvent::Start) => {
                self.failures = 0.0;
                self.resume()
            }
            (Paused, _) => UploadAction::Idle,
            (state, UploadEvent::Pause) => {
                self.next = state;
                self.state = Paused;
                UploadAction::Idle
            }
            (Waiting, UploadEvent::WaitOver) => self.resume(),
            (RequestingUrl, UploadEvent::UrlReceived) => {
                self.created = false;
                self.finalised = false;
                self.offset = 0.0;
                self.sent_to = 0.0;
                self.enter(Creating)
            }
            (Creating, UploadEvent::Created) => {
                self.created = true;
                self.send()
            }
            (QueryingOffset, UploadEvent::Offset { offset, length }) => self.offset_received(offset, length),
            (Sending, UploadEvent::Offset { offset, .. }) => {
                if offset > self.offset && offset <= self.sent_to {
                    self.confirm(offset);
                    self.send()
                } else {
                    self.retry_later(QueryingOffset, f64::NAN, random)
                }
            }
            (Finalising | LookingUp, UploadEvent::Finalised) => {
                self.state = Done;
                UploadAction::Finish
            }
            (LookingUp, UploadEvent::NotFound) => self.start_over(),
            (RequestingUrl | Creating | QueryingOffset | Sending | Finalising | LookingUp, UploadEvent::NoResponse) => {
                self.retry_later(self.after_failure(), f64::NAN, random)
            }
            (
                RequestingUrl | Creating | QueryingOffset | Sending | Finalising | LookingUp,
                UploadEvent::Rejected { status, wait },
            ) => self.rejected(status, wait, random),
            _ => UploadAction::Idle,
        }
    }

    /// Enters a state and returns its action.
    fn enter(&mut self, state: UploadState) -> UploadAction {
        self.state = state;
        match state {
            UploadState::RequestingUrl => UploadAction::RequestUrl,
            UploadState::Creating => UploadAction::Create,
            UploadState::QueryingOffset => UploadAction::QueryOffset,
            UploadState::LookingUp => UploadAction::LookUp,
            UploadState::Finalising => {
                self.finalised = true;
                UploadAction::Finalise
            }
            _ => UploadAction::Idle,
        }
    }

    /// Resumes an interrupted upload.
    fn resume(&mut self) -> UploadAction {
        if self.state == UploadState::Waiting {
            return self.enter(self.next);
        }
        if self.finalised {
            return self.enter(UploadState::Finalising);
        }
        if self.created {
            return self.enter(UploadState::QueryingOffset);
        }
        self.enter(UploadState::RequestingUrl)
    }

    /// Sends the next chunk, or the finalising request after the last one.
    fn send(&mut self) -> UploadAction {
        if self.offset >= self.length {
            return self.enter(UploadState::Finalising);
        }
        self.state = UploadState::Sending;
        let (from, to) = (self.offset, (self.offset + self.chunk).min(self.length));
        self.sent_to = self.sent_to.max(to);
        UploadAction::Send { from, to }
    }

    /// Handles the offset that the service reported to a query.
    fn offset_received(&mut self, offset: f64, length: f64) -> UploadAction {
        let is_whole = offset >= 0.0 && offset.fract() == 0.0;
        if !is_whole || (length >= 0.0 && length != self.length) || offset > self.sent_to {
            // The session has bytes that were never sent, or belongs to another file.
            return if self.restarts < MAX_RESTARTS {
                self.start_over()
            } else {
                self.state = UploadState::Failed;
                UploadAction::RejectOffset
            };
        }
        self.confirm(offset);
        self.send()
    }

    /// Accepts a confirmed offset. Only bytes that were never confirmed before count as progress. Otherwise a service that
    /// forgets what it confirmed would be retried for ever.
    fn confirm(&mut self, offset: f64) {
        self.offset = offset;
        if offset > self.max_offset {
            self.max_offset = offset;
            self.failures = 0.0;
        }
    }

    /// Returns the state to retry if no answer arrived.
    fn after_failure(&self) -> UploadState {
        match self.state {
            UploadState::Sending => UploadState::QueryingOffset,
            state => state,
        }
    }

    fn rejected(&mut self, status: u16, wait: f64, random: f64) -> UploadAction {
        use UploadState::*;
        let temporary = status == 429 || status == 423 || status == 408 || status >= 500;
        if temporary && !matches!(status, 501 | 507) {
            return self.retry_later(self.after_failure(), wait, random);
        }
        match (self.state, status) {
            // The token was used, so the file may exist.
            (Creating | Finalising, 409) => self.enter(LookingUp),
            // Another request holds the session, or the service has another offset.
            (QueryingOffset | Sending, 409) => self.retry_later(QueryingOffset, wait, random),
            // The session or its token has expired.
            (QueryingOffset | Sending | Finalising, 401 | 403 | 404 | 410) if self.finalised => self.enter(LookingUp),
            (Creating | QueryingOffset | Sending | Finalising, 401 | 403 | 404 | 410) => self.start_over(),
            // The service lost bytes that it confirmed.
            (Finalising, 400) if self.failures < self.limits.max_attempts && self.created => {
                self.failures += 1.0;
                self.enter(QueryingOffset)
            }
            _ => {
                self.state = Failed;
                UploadAction::Fail
            }
        }
    }

    /// Starts over from the first byte, with a new upload URL.
    fn start_over(&mut self) -> UploadAction {
        if self.restarts >= MAX_RESTARTS {
            self.state = UploadState::Failed;
            return UploadAction::Fail;
        }
        self.restarts += 1.0;
        self.created = false;
        self.finalised = false;
        self.enter(UploadState::RequestingUrl)
    }

    /// Counts a failure, and enters `again` after a wait unless there were too many.
    fn retry_later(&mut self, again: UploadState, wait: f64, random: f64) -> UploadAction {
        self.failures += 1.0;
        let doubled = self.limits.first_delay * 2f64.powi((self.failures - 1.0).min(30.0) as i32);
        let own = doubled.min(self.limits.max_delay) * (1.0 - random / 2.0);
        let ms = if wait > own { wait } else { own };
        if self.failures >= self.limits.max_attempts || ms > self.limits.max_delay {
            self.state = UploadState::Failed;
            return UploadAction::Fail;
        }
        self.next = again;
        self.state = UploadState::Waiting;
        UploadAction::Wait { ms }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `LOOK_UP` of `LookUp { … }`.
    fn name_of(value: &impl std::fmt::Debug) -> String {
        let mut name = String::new();
        for (at, letter) in format!("{value:?}")
            .chars()
            .take_while(char::is_ascii_alphabetic)
            .enumerate()
        {
            if at > 0 && letter.is_ascii_uppercase() {
                name.push('_');
            }
            name.push(letter.to_ascii_uppercase());
        }
        name
    }

    #[test]
    fn event_numbers_are_positions_of_names() {
        for (number, name) in UploadEvent::NAMES.iter().enumerate() {
            let event = UploadEvent::from_number(number as u8, 0.0, 0.0).unwrap();
            assert_eq!(name_of(&event), *name);
        }
        assert_eq!(UploadEvent::from_number(UploadEvent::NAMES.len() as u8, 0.0, 0.0), None);
    }

    #[test]
    fn action_numbers_are_positions_of_names() {
        let actions = [
            UploadAction::RequestUrl,
            UploadAction::Create,
            UploadAction::QueryOffset,
            UploadAction::Send { from: 0.0, to: 0.0 },
            UploadAction::Finalise,
            UploadAction::LookUp,
            UploadAction::Wait { ms: 0.0 },
            UploadAction::Terminate,
            UploadAction::Idle,
            UploadAction::Finish,
            UploadAction::Fail,
            UploadAction::RejectOffset,
        ];
        assert_eq!(actions.len(), UploadAction::NAMES.len());
        for action in actions {
            assert_eq!(UploadAction::NAMES[action.to_numbers()[0] as usize], name_of(&action));
        }
    }

    #[test]
    fn offset_number_is_confirmed_offset() {
        let mut upload = ResumableUpload::new(20.0, 8.0, LIMITS);
        upload.offset = 7.0;
        assert_eq!(upload.to_numbers()[ResumableUpload::OFFSET], 7.0);
        assert_eq!(upload.to_numbers()[ResumableUpload::CHUNK], upload.chunk);
    }

    const LIMITS: RetryLimits = RetryLimits {
        max_attempts: 6.0,
        first_delay: 500.0,
        max_delay: 20_000.0,
    };

    /// An upload of 20 bytes in chunks of 8, whose first chunk is being sent.
    fn sending() -> ResumableUpload {
        let mut upload = ResumableUpload::new(20.0, 8.0, LIMITS);
        for event in [UploadEvent::Start, UploadEvent::UrlReceived, UploadEvent::Created] {
            upload.on(event, 0.5);
        }
        assert_eq!(upload.state, UploadState::Sending);
        upload
    }

    fn finalising() -> ResumableUpload {
        let mut upload = sending();
        for offset in [8.0, 16.0, 20.0] {
            upload.on(UploadEvent::Offset { offset, length: -1.0 }, 0.5);
        }
        assert_eq!(upload.state, UploadState::Finalising);
        upload
    }

    fn rejected(status: u16) -> UploadEvent {
        UploadEvent::Rejected { status, wait: f64::NAN }
    }

    #[test]
    fn interrupted_upload_queries_the_offset_before_it_continues() {
        for event in [
            UploadEvent::NoResponse,
            rejected(500),
            rejected(503),
            rejected(409),
            rejected(423),
        ] {
            let mut upload = sending();
            assert!(matches!(upload.on(event, 0.5), UploadAction::Wait { .. }), "{event:?}");
            assert_eq!(upload.on(UploadEvent::WaitOver, 0.5), UploadAction::QueryOffset);
        }
    }

    #[test]
    fn retry_after_is_a_lower_bound_and_fails_beyond_the_limit() {
        let mut upload = sending();
        let event = |wait| UploadEvent::Rejected { status: 429, wait };
        assert_eq!(upload.on(event(7000.0), 0.5), UploadAction::Wait { ms: 7000.0 });
        let mut upload = sending();
        assert_eq!(upload.on(event(30_000.0), 0.5), UploadAction::Fail);
    }

    #[test]
    fn expired_session_starts_over_with_a_new_url() {
        for status in [401, 403, 404, 410] {
            let mut upload = sending();
            assert_eq!(upload.on(rejected(status), 0.5), UploadAction::RequestUrl);
            upload.on(UploadEvent::UrlReceived, 0.5);
            assert_eq!(
                upload.on(UploadEvent::Created, 0.5),
                UploadAction::Send { from: 0.0, to: 8.0 }
            );
        }
    }

    #[test]
    fn upload_fails_after_the_last_restart() {
        let mut upload = sending();
        for _ in 0..3 {
            assert_eq!(upload.on(rejected(404), 0.5), UploadAction::RequestUrl);
            upload.on(UploadEvent::UrlReceived, 0.5);
            upload.on(UploadEvent::Created, 0.5);
        }
        assert_eq!(upload.on(rejected(404), 0.5), UploadAction::Fail);
    }

    #[test]
    fn impossible_offset_starts_over_and_is_rejected_in_the_end() {
        let mut upload = sending();
        assert!(matches!(
            upload.on(
                UploadEvent::Offset {
                    offset: 9.0,
                    length: -1.0
                },
                0.5
            ),
            UploadAction::Wait { .. }
        ));
        assert_eq!(upload.on(UploadEvent::WaitOver, 0.5), UploadAction::QueryOffset);
        for _ in 0..3 {
            // Nothing after byte 8 was ever sent.
            assert_eq!(
                upload.on(
                    UploadEvent::Offset {
                        offset: 12.0,
                        length: 20.0
                    },
                    0.5
                ),
                UploadAction::RequestUrl
            );
            upload.on(UploadEvent::UrlReceived, 0.5);
            upload.on(UploadEvent::Created, 0.5);
            upload.on(UploadEvent::NoResponse, 0.5);
            upload.on(UploadEvent::WaitOver, 0.5);
        }
        assert_eq!(
            upload.on(
                UploadEvent::Offset {
                    offset: 12.0,
                    length: 20.0
                },
                0.5
            ),
            UploadAction::RejectOffset
        );
    }

    #[test]
    fn upload_without_progress_fails() {
        let mut upload = sending();
        let mut actions = 0;
        while upload.state != UploadState::Failed {
            actions += 1;
            assert!(actions < 100);
            match upload.state {
                UploadState::Sending => upload.on(
                    UploadEvent::Offset {
                        offset: 0.0,
                        length: -1.0,
                    },
                    0.5,
                ),
                UploadState::QueryingOffset => upload.on(
                    UploadEvent::Offset {
                        offset: 0.0,
                        length: 20.0,
                    },
                    0.5,
                ),
                _ => upload.on(UploadEvent::WaitOver, 0.5),
            };
        }
    }

    #[test]
    fn file_is_looked_up_if_finalising_may_have_succeeded() {
        let mut upload = finalising();
        upload.on(UploadEvent::NoResponse, 0.5);
        assert_eq!(upload.on(UploadEvent::WaitOver, 0.5), UploadAction::Finalise);
        assert_eq!(upload.on(rejected(409), 0.5), UploadAction::LookUp);
        assert_eq!(upload.on(UploadEvent::Finalised, 0.5), UploadAction::Finish);

        let mut upload = finalising();
        assert_eq!(upload.on(rejected(404), 0.5), UploadAction::LookUp);
        assert_eq!(upload.on(UploadEvent::NotFound, 0.5), UploadAction::RequestUrl);
    }

    #[test]
    fn paused_upload_resumes_and_cancelled_one_terminates_its_session() {
        let mut upload = sending();
        assert_eq!(upload.on(UploadEvent::Pause, 0.5), UploadAction::Idle);
        // The late answer to the aborted request.
        assert_eq!(upload.on(UploadEvent::NoResponse, 0.5), UploadAction::Idle);
        assert_eq!(upload.on(UploadEvent::Resume, 0.5), UploadAction::QueryOffset);
        assert_eq!(upload.on(UploadEvent::Cancel, 0.5), UploadAction::Terminate);
        assert_eq!(upload.on(UploadEvent::NoResponse, 0.5), UploadAction::Idle);
        assert_eq!(upload.state, UploadState::Cancelled);
    }

    #[test]
    fn finalising_request_is_repeated_after_a_pause() {
        let mut upload = finalising();
        upload.on(UploadEvent::Pause, 0.5);
        assert_eq!(upload.on(UploadEvent::Resume, 0.5), UploadAction::Finalise);
    }

    #[test]
    fn upload_from_record_continues() {
        let record = sending().to_numbers();
        let mut upload = ResumableUpload::from_numbers(&record).unwrap();
        assert_eq!(upload.on(UploadEvent::Start, 0.5), UploadAction::QueryOffset);
        let mut upload = ResumableUpload::from_numbers(&finalising().to_numbers()).unwrap();
        assert_eq!(upload.on(UploadEvent::Start, 0.5), UploadAction::Finalise);
        assert_eq!(ResumableUpload::from_numbers(&[1.0]), None);
        assert_eq!(ResumableUpload::from_numbers(&[99.0; ResumableUpload::NUMBERS]), None);
    }
}
