//! A resumable upload by TUS 1.0.0, from creation to the finalising request (`contract/uploads-and-downloads.md`
//! section 3).
//!
//! [`Transfer`] is the whole machine: an [`Event`] goes in, an [`Action`] comes out, and at any time at most one action is
//! under way. It is made of numbers only, so that it can be kept in a record and go on after a restart.
//!
//! ```text
//!  Begin ──► Create ──► Send ──► Send ──► Finalise ──► Finish
//!    ▲          │         │  ▲               │  409, or an ended transfer
//!    │          │    lost │  │ offset        ▼
//!    │          ▼         ▼  │            LookUp ──► Finish
//!    └── restart ◄──────  Ask               │ nothing there
//!                                           └──► restart
//! ```
//!
//! Three rules keep bytes from being lost, doubled or put in another order:
//!
//! - After anything but a plain success of a chunk the service is asked how far it is, and only its answer decides where to
//!   go on.
//! - An offset that cannot be (beyond what was sent, or another length) is not believed; the upload starts over.
//! - Once a finalising request may have arrived, the file is looked for before the upload may start over, as it might be
//!   there twice otherwise.

/// Where a transfer is. The numbers are what crosses to JavaScript and what records keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum State {
    /// Nothing has happened yet.
    New = 0,
    /// A new upload URL is on its way.
    Beginning = 1,
    /// The creating request is on its way.
    Creating = 2,
    /// The service is asked for its offset.
    Asking = 3,
    /// A chunk is on its way.
    Sending = 4,
    /// The finalising request is on its way.
    Finalising = 5,
    /// The finished file is looked for.
    LookingUp = 6,
    /// A time goes by before the next try.
    Waiting = 7,
    /// The caller has stopped it for a while.
    Paused = 8,
    /// The transfer is being deleted at the service.
    Ending = 9,
    /// The file is there.
    Done = 10,
    /// It has failed for good.
    Failed = 11,
    /// The caller has given it up.
    Cancelled = 12,
}

impl State {
    const ALL: [State; 13] = [
        State::New,
        State::Beginning,
        State::Creating,
        State::Asking,
        State::Sending,
        State::Finalising,
        State::LookingUp,
        State::Waiting,
        State::Paused,
        State::Ending,
        State::Done,
        State::Failed,
        State::Cancelled,
    ];
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Event {
    /// The caller wants the upload, for the first time or again after an interruption.
    Start,
    /// There is a new upload URL.
    Begun,
    /// The service has created the transfer.
    Created,
    /// The service says how many bytes it has, and of how many; the length is negative where it was not said.
    Offset {
        /// Bytes that the service has.
        offset: f64,
        /// Bytes of the whole.
        length: f64,
    },
    /// The answer to the finalising request, or the look-up, holds the file.
    Finalised,
    /// The look-up found nothing.
    Missing,
    /// The service answered with something else than a success.
    Refused {
        /// The HTTP status.
        status: u16,
        /// What it wishes to be waited, in milliseconds; NaN when it wishes nothing.
        wait: f64,
    },
    /// There was no answer, or one that makes no sense.
    Lost,
    /// The wait is over.
    Woke,
    /// The caller wants to stop for a while.
    Pause,
    /// The caller wants to go on.
    Resume,
    /// The caller gives it up.
    Cancel,
}

impl Event {
    /// The names of the events for JavaScript, in the order of their numbers. The build makes the package's table of this.
    pub const NAMES: [&'static str; 12] = [
        "START",
        "BEGUN",
        "CREATED",
        "OFFSET",
        "FINALISED",
        "MISSING",
        "REFUSED",
        "LOST",
        "WOKE",
        "PAUSE",
        "RESUME",
        "CANCEL",
    ];

    /// The event of a number, with the two numbers that some events carry; `None` for an unknown one.
    ///
    /// ```
    /// use wix_media::resumable::tus::Event;
    ///
    /// assert_eq!(Event::from_number(3, 8.0, 10.0), Some(Event::Offset { offset: 8.0, length: 10.0 }));
    /// ```
    pub fn from_number(number: u8, first: f64, second: f64) -> Option<Event> {
        Some(match number {
            0 => Event::Start,
            1 => Event::Begun,
            2 => Event::Created,
            3 => Event::Offset {
                offset: first,
                length: second,
            },
            4 => Event::Finalised,
            5 => Event::Missing,
            6 => Event::Refused {
                status: first as u16,
                wait: second,
            },
            7 => Event::Lost,
            8 => Event::Woke,
            9 => Event::Pause,
            10 => Event::Resume,
            11 => Event::Cancel,
            _ => return None,
        })
    }
}

/// What to do next.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Action {
    /// Ask for a new upload URL.
    Begin,
    /// Create a transfer at the upload URL.
    Create,
    /// Ask the service for its offset.
    Ask,
    /// Send these bytes.
    Send {
        /// The first byte.
        from: f64,
        /// The byte behind the last.
        to: f64,
    },
    /// Send the finalising request.
    Finalise,
    /// Look for the file that may have been made.
    LookUp,
    /// Let a time go by.
    Wait {
        /// Milliseconds.
        ms: f64,
    },
    /// Delete the transfer at the service.
    Terminate,
    /// Do nothing until the caller wants something.
    Rest,
    /// The file is there.
    Finish,
    /// Report the last failure.
    Fail,
    /// Report that the service's offsets cannot be believed.
    Distrust,
}

impl Action {
    /// The names of the actions for JavaScript, in the order of their numbers. The build makes the package's table of this.
    pub const NAMES: [&'static str; 12] = [
        "BEGIN",
        "CREATE",
        "ASK",
        "SEND",
        "FINALISE",
        "LOOK_UP",
        "WAIT",
        "TERMINATE",
        "REST",
        "FINISH",
        "FAIL",
        "DISTRUST",
    ];

    /// The number of the action and its two members, 0 where it has fewer.
    ///
    /// ```
    /// use wix_media::resumable::tus::Action;
    ///
    /// assert_eq!(Action::Send { from: 0.0, to: 8.0 }.to_numbers(), [3.0, 0.0, 8.0]);
    /// ```
    pub fn to_numbers(self) -> [f64; 3] {
        match self {
            Action::Begin => [0.0, 0.0, 0.0],
            Action::Create => [1.0, 0.0, 0.0],
            Action::Ask => [2.0, 0.0, 0.0],
            Action::Send { from, to } => [3.0, from, to],
            Action::Finalise => [4.0, 0.0, 0.0],
            Action::LookUp => [5.0, 0.0, 0.0],
            Action::Wait { ms } => [6.0, ms, 0.0],
            Action::Terminate => [7.0, 0.0, 0.0],
            Action::Rest => [8.0, 0.0, 0.0],
            Action::Finish => [9.0, 0.0, 0.0],
            Action::Fail => [10.0, 0.0, 0.0],
            Action::Distrust => [11.0, 0.0, 0.0],
        }
    }
}

/// How patient a transfer is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Patience {
    /// How many tries in a row may fail without a byte of progress.
    pub tries: f64,
    /// The first wait, in milliseconds; each further one is twice as long.
    pub first: f64,
    /// The longest wait, in milliseconds. Where the service wishes a longer one, the transfer fails.
    pub longest: f64,
}

/// How often a transfer may start over from its first byte.
const RESTARTS: f64 = 3.0;

/// One resumable upload.
///
/// ```
/// use wix_media::resumable::tus::{Action, Event, Patience, Transfer};
///
/// let patience = Patience { tries: 6.0, first: 500.0, longest: 20_000.0 };
/// let mut transfer = Transfer::new(10.0, 8.0, patience);
/// assert_eq!(transfer.on(Event::Start, 0.5), Action::Begin);
/// assert_eq!(transfer.on(Event::Begun, 0.5), Action::Create);
/// assert_eq!(transfer.on(Event::Created, 0.5), Action::Send { from: 0.0, to: 8.0 });
/// // The connection breaks: the service is asked how far it got, and that is where it goes on.
/// assert_eq!(transfer.on(Event::Lost, 0.0), Action::Wait { ms: 500.0 });
/// assert_eq!(transfer.on(Event::Woke, 0.5), Action::Ask);
/// let offset = Event::Offset { offset: 3.0, length: 10.0 };
/// assert_eq!(transfer.on(offset, 0.5), Action::Send { from: 3.0, to: 10.0 });
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Transfer {
    /// Where it is.
    pub state: State,
    /// Where it was before it waits or rests.
    before: State,
    /// Bytes of the file.
    pub length: f64,
    /// The most bytes of a chunk.
    pub chunk: f64,
    /// Bytes that the service has confirmed.
    pub offset: f64,
    /// The most that the service has ever confirmed, over all restarts.
    best: f64,
    /// The end of the furthest chunk that was sent in this transfer.
    sent: f64,
    /// Failures in a row without progress.
    failures: f64,
    /// How often it started over.
    restarts: f64,
    /// A transfer exists at the service.
    created: bool,
    /// A finalising request may have arrived.
    finalised: bool,
    /// How patient it is.
    patience: Patience,
}

impl Transfer {
    /// A transfer that has not begun, of `length` bytes in chunks of at most `chunk`.
    pub fn new(length: f64, chunk: f64, patience: Patience) -> Transfer {
        Transfer {
            state: State::New,
            before: State::New,
            length,
            chunk: chunk.max(1.0),
            offset: 0.0,
            best: 0.0,
            sent: 0.0,
            failures: 0.0,
            restarts: 0.0,
            created: false,
            finalised: false,
            patience,
        }
    }

    /// How many numbers a transfer is made of.
    pub const NUMBERS: usize = 14;

    /// Which of the numbers is the confirmed offset.
    pub const OFFSET: usize = 4;

    /// The transfer as numbers, for a record.
    ///
    /// ```
    /// use wix_media::resumable::tus::{Patience, Transfer};
    ///
    /// let transfer = Transfer::new(10.0, 8.0, Patience { tries: 6.0, first: 500.0, longest: 20_000.0 });
    /// assert_eq!(Transfer::from_numbers(&transfer.to_numbers()), Some(transfer));
    /// ```
    pub fn to_numbers(&self) -> [f64; Transfer::NUMBERS] {
        [
            f64::from(self.state as u8),
            f64::from(self.before as u8),
            self.length,
            self.chunk,
            self.offset,
            self.best,
            self.sent,
            self.failures,
            self.restarts,
            f64::from(u8::from(self.created)),
            f64::from(u8::from(self.finalised)),
            self.patience.tries,
            self.patience.first,
            self.patience.longest,
        ]
    }

    /// The transfer of a record; `None` for numbers that are none.
    pub fn from_numbers(numbers: &[f64]) -> Option<Transfer> {
        let &[
            state,
            before,
            length,
            chunk,
            offset,
            best,
            sent,
            failures,
            restarts,
            created,
            finalised,
            tries,
            first,
            longest,
        ] = numbers
        else {
            return None;
        };
        let state_of = |number: f64| {
            State::ALL
                .iter()
                .find(|state| f64::from(**state as u8) == number)
                .copied()
        };
        Some(Transfer {
            state: state_of(state)?,
            before: state_of(before)?,
            length,
            chunk,
            offset,
            best,
            sent,
            failures,
            restarts,
            created: created != 0.0,
            finalised: finalised != 0.0,
            patience: Patience { tries, first, longest },
        })
    }

    /// Takes what happened and says what to do next. `random` is a number from 0 to 1, of which waits get shorter.
    ///
    /// An event that does not fit the state, such as the late answer to a request that was given up, changes nothing and
    /// is answered with [`Action::Rest`].
    pub fn on(&mut self, event: Event, random: f64) -> Action {
        use State::*;
        match (self.state, event) {
            (Done, _) => Action::Finish,
            (Failed, _) => Action::Fail,
            (Cancelled, _) => Action::Rest,
            (Ending, Event::Offset { .. } | Event::Refused { .. } | Event::Lost) => {
                // Whatever the service says: the caller is rid of it, and the service forgets it by itself in time.
                self.state = Cancelled;
                Action::Rest
            }
            (Ending, _) => Action::Rest,
            (_, Event::Cancel) => {
                self.state = if self.created { Ending } else { Cancelled };
                if self.created { Action::Terminate } else { Action::Rest }
            }
            (Paused, Event::Resume) | (_, Event::Start) => {
                self.failures = 0.0;
                self.go_on()
            }
            (Paused, _) => Action::Rest,
            (state, Event::Pause) => {
                self.before = state;
                self.state = Paused;
                Action::Rest
            }
            (Waiting, Event::Woke) => self.go_on(),
            (Beginning, Event::Begun) => {
                self.created = false;
                self.finalised = false;
                self.offset = 0.0;
                self.sent = 0.0;
                self.enter(Creating)
            }
            (Creating, Event::Created) => {
                self.created = true;
                self.send()
            }
            (Asking, Event::Offset { offset, length }) => self.told(offset, length),
            (Sending, Event::Offset { offset, .. }) => {
                if offset > self.offset && offset <= self.sent {
                    self.reach(offset);
                    self.send()
                } else {
                    self.failed(Asking, f64::NAN, random)
                }
            }
            (Finalising | LookingUp, Event::Finalised) => {
                self.state = Done;
                Action::Finish
            }
            (LookingUp, Event::Missing) => self.start_over(),
            (Beginning | Creating | Asking | Sending | Finalising | LookingUp, Event::Lost) => {
                self.failed(self.after_failure(), f64::NAN, random)
            }
            (Beginning | Creating | Asking | Sending | Finalising | LookingUp, Event::Refused { status, wait }) => {
                self.refused(status, wait, random)
            }
            _ => Action::Rest,
        }
    }

    /// The action with which a state begins.
    fn enter(&mut self, state: State) -> Action {
        self.state = state;
        match state {
            State::Beginning => Action::Begin,
            State::Creating => Action::Create,
            State::Asking => Action::Ask,
            State::LookingUp => Action::LookUp,
            State::Finalising => {
                self.finalised = true;
                Action::Finalise
            }
            _ => Action::Rest,
        }
    }

    /// Where a transfer goes on that was interrupted in any way.
    fn go_on(&mut self) -> Action {
        if self.state == State::Waiting {
            return self.enter(self.before);
        }
        if self.finalised {
            return self.enter(State::Finalising);
        }
        if self.created {
            return self.enter(State::Asking);
        }
        self.enter(State::Beginning)
    }

    /// The next chunk, or the finalising request behind the last.
    fn send(&mut self) -> Action {
        if self.offset >= self.length {
            return self.enter(State::Finalising);
        }
        self.state = State::Sending;
        let (from, to) = (self.offset, (self.offset + self.chunk).min(self.length));
        self.sent = self.sent.max(to);
        Action::Send { from, to }
    }

    /// The service has said how far it is.
    fn told(&mut self, offset: f64, length: f64) -> Action {
        let is_whole = offset >= 0.0 && offset.fract() == 0.0;
        if !is_whole || (length >= 0.0 && length != self.length) || offset > self.sent {
            // Bytes that were never sent, or of another file.
            return if self.restarts < RESTARTS {
                self.start_over()
            } else {
                self.state = State::Failed;
                Action::Distrust
            };
        }
        self.reach(offset);
        self.send()
    }

    /// Takes over a confirmed offset. Only bytes that were never confirmed before are progress: a service that takes bytes
    /// and forgets them again would be tried for ever.
    fn reach(&mut self, offset: f64) {
        self.offset = offset;
        if offset > self.best {
            self.best = offset;
            self.failures = 0.0;
        }
    }

    /// What to do again when there was no answer.
    fn after_failure(&self) -> State {
        match self.state {
            State::Sending => State::Asking,
            state => state,
        }
    }

    fn refused(&mut self, status: u16, wait: f64, random: f64) -> Action {
        use State::*;
        let temporary = status == 429 || status == 423 || status == 408 || status >= 500;
        if temporary && status != 501 {
            return self.failed(self.after_failure(), wait, random);
        }
        match (self.state, status) {
            // The token is used up: the file may be there.
            (Creating | Finalising, 409) => self.enter(LookingUp),
            // Another request holds the transfer, or the service is further than was thought.
            (Asking | Sending, 409) => self.failed(Asking, wait, random),
            // It has ended, or its token has.
            (Asking | Sending | Finalising, 401 | 403 | 404 | 410) if self.finalised => self.enter(LookingUp),
            (Creating | Asking | Sending | Finalising, 401 | 403 | 404 | 410) => self.start_over(),
            // Bytes are missing that were confirmed.
            (Finalising, 400) if self.failures < self.patience.tries && self.created => {
                self.failures += 1.0;
                self.enter(Asking)
            }
            _ => {
                self.state = Failed;
                Action::Fail
            }
        }
    }

    /// From the first byte, with a new upload URL.
    fn start_over(&mut self) -> Action {
        if self.restarts >= RESTARTS {
            self.state = State::Failed;
            return Action::Fail;
        }
        self.restarts += 1.0;
        self.created = false;
        self.finalised = false;
        self.enter(State::Beginning)
    }

    /// One more failure: `again` is tried after a while, unless there were too many.
    fn failed(&mut self, again: State, wait: f64, random: f64) -> Action {
        self.failures += 1.0;
        let doubled = self.patience.first * 2f64.powi((self.failures - 1.0).min(30.0) as i32);
        let own = doubled.min(self.patience.longest) * (1.0 - random / 2.0);
        let ms = if wait > own { wait } else { own };
        if self.failures >= self.patience.tries || ms > self.patience.longest {
            self.state = State::Failed;
            return Action::Fail;
        }
        self.before = again;
        self.state = State::Waiting;
        Action::Wait { ms }
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
        for (number, name) in Event::NAMES.iter().enumerate() {
            let event = Event::from_number(number as u8, 0.0, 0.0).unwrap();
            assert_eq!(name_of(&event), *name);
        }
        assert_eq!(Event::from_number(Event::NAMES.len() as u8, 0.0, 0.0), None);
    }

    #[test]
    fn action_numbers_are_positions_of_names() {
        let actions = [
            Action::Begin,
            Action::Create,
            Action::Ask,
            Action::Send { from: 0.0, to: 0.0 },
            Action::Finalise,
            Action::LookUp,
            Action::Wait { ms: 0.0 },
            Action::Terminate,
            Action::Rest,
            Action::Finish,
            Action::Fail,
            Action::Distrust,
        ];
        assert_eq!(actions.len(), Action::NAMES.len());
        for action in actions {
            assert_eq!(Action::NAMES[action.to_numbers()[0] as usize], name_of(&action));
        }
    }

    #[test]
    fn offset_number_is_confirmed_offset() {
        let mut transfer = Transfer::new(20.0, 8.0, PATIENCE);
        transfer.offset = 7.0;
        assert_eq!(transfer.to_numbers()[Transfer::OFFSET], 7.0);
    }

    const PATIENCE: Patience = Patience {
        tries: 6.0,
        first: 500.0,
        longest: 20_000.0,
    };

    /// A transfer of 20 bytes in chunks of 8 whose first chunk is on its way.
    fn sending() -> Transfer {
        let mut transfer = Transfer::new(20.0, 8.0, PATIENCE);
        for event in [Event::Start, Event::Begun, Event::Created] {
            transfer.on(event, 0.5);
        }
        assert_eq!(transfer.state, State::Sending);
        transfer
    }

    fn finalising() -> Transfer {
        let mut transfer = sending();
        for offset in [8.0, 16.0, 20.0] {
            transfer.on(Event::Offset { offset, length: -1.0 }, 0.5);
        }
        assert_eq!(transfer.state, State::Finalising);
        transfer
    }

    fn refused(status: u16) -> Event {
        Event::Refused { status, wait: f64::NAN }
    }

    #[test]
    fn an_interrupted_transfer_asks_before_it_goes_on() {
        for event in [Event::Lost, refused(500), refused(503), refused(409), refused(423)] {
            let mut transfer = sending();
            assert!(matches!(transfer.on(event, 0.5), Action::Wait { .. }), "{event:?}");
            assert_eq!(transfer.on(Event::Woke, 0.5), Action::Ask);
        }
    }

    #[test]
    fn a_wish_of_the_service_is_not_undercut_and_one_beyond_patience_ends_it() {
        let mut transfer = sending();
        let event = |wait| Event::Refused { status: 429, wait };
        assert_eq!(transfer.on(event(7000.0), 0.5), Action::Wait { ms: 7000.0 });
        let mut transfer = sending();
        assert_eq!(transfer.on(event(30_000.0), 0.5), Action::Fail);
    }

    #[test]
    fn an_ended_transfer_starts_over_with_a_new_url() {
        for status in [401, 403, 404, 410] {
            let mut transfer = sending();
            assert_eq!(transfer.on(refused(status), 0.5), Action::Begin);
            transfer.on(Event::Begun, 0.5);
            assert_eq!(transfer.on(Event::Created, 0.5), Action::Send { from: 0.0, to: 8.0 });
        }
    }

    #[test]
    fn a_transfer_does_not_start_over_for_ever() {
        let mut transfer = sending();
        for _ in 0..3 {
            assert_eq!(transfer.on(refused(404), 0.5), Action::Begin);
            transfer.on(Event::Begun, 0.5);
            transfer.on(Event::Created, 0.5);
        }
        assert_eq!(transfer.on(refused(404), 0.5), Action::Fail);
    }

    #[test]
    fn offsets_that_cannot_be_are_not_believed() {
        let mut transfer = sending();
        assert!(matches!(
            transfer.on(
                Event::Offset {
                    offset: 9.0,
                    length: -1.0
                },
                0.5
            ),
            Action::Wait { .. }
        ));
        assert_eq!(transfer.on(Event::Woke, 0.5), Action::Ask);
        for _ in 0..3 {
            // Nothing behind byte 8 was ever sent.
            assert_eq!(
                transfer.on(
                    Event::Offset {
                        offset: 12.0,
                        length: 20.0
                    },
                    0.5
                ),
                Action::Begin
            );
            transfer.on(Event::Begun, 0.5);
            transfer.on(Event::Created, 0.5);
            transfer.on(Event::Lost, 0.5);
            transfer.on(Event::Woke, 0.5);
        }
        assert_eq!(
            transfer.on(
                Event::Offset {
                    offset: 12.0,
                    length: 20.0
                },
                0.5
            ),
            Action::Distrust
        );
    }

    #[test]
    fn a_service_that_never_gets_further_is_given_up() {
        let mut transfer = sending();
        let mut actions = 0;
        while transfer.state != State::Failed {
            actions += 1;
            assert!(actions < 100);
            match transfer.state {
                State::Sending => transfer.on(
                    Event::Offset {
                        offset: 0.0,
                        length: -1.0,
                    },
                    0.5,
                ),
                State::Asking => transfer.on(
                    Event::Offset {
                        offset: 0.0,
                        length: 20.0,
                    },
                    0.5,
                ),
                _ => transfer.on(Event::Woke, 0.5),
            };
        }
    }

    #[test]
    fn the_file_is_looked_for_before_it_could_be_made_twice() {
        let mut transfer = finalising();
        transfer.on(Event::Lost, 0.5);
        assert_eq!(transfer.on(Event::Woke, 0.5), Action::Finalise);
        assert_eq!(transfer.on(refused(409), 0.5), Action::LookUp);
        assert_eq!(transfer.on(Event::Finalised, 0.5), Action::Finish);

        let mut transfer = finalising();
        assert_eq!(transfer.on(refused(404), 0.5), Action::LookUp);
        assert_eq!(transfer.on(Event::Missing, 0.5), Action::Begin);
    }

    #[test]
    fn a_pause_keeps_everything_and_a_cancellation_ends_it_at_the_service() {
        let mut transfer = sending();
        assert_eq!(transfer.on(Event::Pause, 0.5), Action::Rest);
        // The answer of the request that was given up.
        assert_eq!(transfer.on(Event::Lost, 0.5), Action::Rest);
        assert_eq!(transfer.on(Event::Resume, 0.5), Action::Ask);
        assert_eq!(transfer.on(Event::Cancel, 0.5), Action::Terminate);
        assert_eq!(transfer.on(Event::Lost, 0.5), Action::Rest);
        assert_eq!(transfer.state, State::Cancelled);
    }

    #[test]
    fn a_paused_finalising_request_is_repeated_and_not_forgotten() {
        let mut transfer = finalising();
        transfer.on(Event::Pause, 0.5);
        assert_eq!(transfer.on(Event::Resume, 0.5), Action::Finalise);
    }

    #[test]
    fn a_record_goes_on_where_it_was() {
        let record = sending().to_numbers();
        let mut transfer = Transfer::from_numbers(&record).unwrap();
        assert_eq!(transfer.on(Event::Start, 0.5), Action::Ask);
        let mut transfer = Transfer::from_numbers(&finalising().to_numbers()).unwrap();
        assert_eq!(transfer.on(Event::Start, 0.5), Action::Finalise);
        assert_eq!(Transfer::from_numbers(&[1.0]), None);
        assert_eq!(Transfer::from_numbers(&[99.0; Transfer::NUMBERS]), None);
    }
}
