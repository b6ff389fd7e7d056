mod message;

use serde::{Deserialize, Serialize};

use crate::{DayTime, Years};

/// What is wrong with a request, each problem with one sentence that says what to do about it.
///
/// A closed list, not free text: no request must be able to put words into our pages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Problem {
    EmailMissing,
    /// The same, for another person's address.
    TheirEmailMissing,
    EmailInvalid,
    PasswordMissing,
    /// The only reply to every failed sign-in: a wrong password and an unknown address look the same.
    SignInFailed,
    /// Too many tries, for an address with an account or without: the password was not checked. The wait is at most
    /// this number of minutes.
    SignInWait {
        minutes: u8,
    },
    /// Neither six digits nor a recovery code.
    FactorCodeMissing,
    /// The only reply to every code that is not accepted: wrong, too old, or used before.
    FactorCodeWrong,
    /// The same for the code that confirms a key: no recovery code does that.
    FirstFactorCodeWrong,
    /// Too many tries with codes: this one was not looked at. The wait is at most this number of minutes.
    FactorCodeWait {
        minutes: u8,
    },
    /// A role requires the second factor.
    FactorRequired,
    /// Too many links were requested from one network.
    LinksTooMany,
    PasswordTooShort,
    PasswordTooLong,
    PasswordCommon,
    CurrentPasswordWrong,
    LinkNoLongerValid,
    /// The same for a link to open an account.
    ActivationNoLongerValid,
    /// A name that is empty, or longer than any.
    OwnNameMissing,
    ConsentMissing,
    /// The form has shown another version of the privacy policy.
    PolicyChanged,
    /// Not the one that the person chose when they registered.
    RegisteredPasswordWrong,
    AnswerMissing,
    AnswerNotANumber,
    /// The same when the unit is part of the answer.
    AnswerNotAQuantity,
    /// `2,5` or `1.000,5`: two and a half, or twenty-five?
    NumberMarks,
    /// `5-10`, `1 g 500 mg`.
    NumberTwice,
    NumberAFraction,
    /// `1.5E-3`, `2 x 10^3`.
    NumberAPower,
    NumberTooLong,
    UnitUnknown,
    /// A number alone, when its unit is chosen beside it.
    UnitMissing,
    /// One unit typed after the number and another chosen beside it.
    UnitTwice,
    ChooseOne,
    ChoicesTooMany,
    OrderIncomplete,
    TextTooLong,
    TitleMissing,
    ReasonMissing,
    NumberOutOfRange,
    ChoiceMissing,
    TimeInvalid,
    /// A day and a time, in a year in which no paper can be.
    YearFarAway {
        years: Years,
    },
    /// The clocks skip this time when they go forward.
    TimeSkipped,
    ClosesBeforeItOpens,
    ClosesInThePast,
    CodeMissing,
    CodeUnknown,
    /// Too many wrong codes.
    CodeWait {
        until: DayTime,
    },
    CodeTaken,
    CodeInvalid,
    QuestionsMissing,
    QuestionsTooMany,
    SectionsTooMany,
    RulesTooMany,
    /// A question of another sitting, or of none.
    QuestionUnknown,
    /// A page counts its answers; this is not one of its numbers.
    SequenceUnknown,
    LongTextTooLong,
    CandidatesMissing,
    /// A cohort of another organisation, or none.
    CohortUnknown,
    TemplatesMissing,
    /// The attempt would have to ask the same question twice.
    QuestionsTwice,
    /// In a list of addresses, counted from 1; `entry` is 0 when the line has only one.
    AddressInvalid {
        line: u32,
        entry: u32,
    },
    AddressesTooMany,
    /// Every box is empty, which changes nothing.
    AdjustmentMissing,
    /// A candidate has started the paper: settings that could be changed before are fixed.
    SomebodyStarted,
    ClosesEarlier,
    PaperClosedNow,
    /// A correction of a paper that leaves it as it is.
    NothingChanged,
    /// The form shows an old version.
    ChangedMeanwhile {
        at: DayTime,
    },
    PersonUnknown,
    ConfirmationMissing,
    NobodyChosen,
    PaperNotOpen,
    PracticeEnough,
    LatinNameMissing,
    /// A unit that is not the question's.
    KeyUnit,
    /// A number that the question's rounding cannot produce.
    KeyRounding,
    KeyLetters,
    KeyOneLetter,
    /// A correction that would leave the key as it is.
    KeyStands,
    NothingTakenOut,
    /// Everybody is being marked again after a correction of this paper.
    BeingMarkedAgain,
    /// That has stopped, and goes on when somebody asks for it.
    MarkingStopped,
    /// One attempt at a time.
    OtherSittingOpen,
    /// Time for all candidates, when no one is sitting.
    NobodySits,
    /// Time for a sitting that has ended.
    SittingSubmitted,
    FileMissing,
    FileFaulty,
    /// The check was changed between showing and answering it.
    QuestionsChanged,
    /// The try belongs to the person who was signed in when it was opened.
    TryOfSomebodyElse,
    /// A later window gave another answer.
    AnsweredElsewhere,
    /// The uploader has not said that the data may be shared.
    AttestationMissing,
    /// The same for a file, which the form does not keep.
    FileNotAttested,
    /// A problem whose sentence the server writes: what few pages say about a field, which the browser need not have before. The only one
    /// with words that may come from the request: for a file they say which heading or sheet is meant, and nobody but the sender sees them.
    InWords {
        words: String,
    },
    /// The preview that was confirmed is not the present one.
    UploadChanged,
    NameMissing,
    CohortNameTaken,
    DayInvalid,
    DaysOutOfOrder,
    /// No person of the organisation has this address.
    MemberUnknown,
}

/// A problem and the field that it belongs to. `field` is the `id` of the input on the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldProblem {
    pub field: String,
    pub problem: Problem,
}

impl FieldProblem {
    pub fn new(field: impl Into<String>, problem: Problem) -> Self {
        Self { field: field.into(), problem }
    }
}
