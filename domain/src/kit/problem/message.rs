//! What each problem says.

use std::borrow::Cow;

use super::Problem;
use crate::Years;

impl Problem {
    /// The sentence for the error summary and the field.
    pub fn message(&self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::CodeWait { until } => {
                return format!(
                    "Wait until {until} before you try another code: ten were not right. Ask the person who set the paper for the code"
                )
                .into();
            }
            Self::ChangedMeanwhile { at } => {
                return format!(
                    "Somebody changed this meanwhile, last on {at}, perhaps you in another window. Nothing was saved: look at what \
                     stands now, then save again"
                )
                .into();
            }
            Self::YearFarAway { years: Years { first, last } } => {
                return format!(
                    "Write the year with all four digits, from {first} to {last}, like 22/11/{} 10:00",
                    first.saturating_add(1)
                )
                .into();
            }
            Self::AddressInvalid { line, entry: 0 } => {
                return format!(
                    "Check line {line}: there is no e-mail address in it, like name@example.ac.uk"
                )
                .into();
            }
            Self::AddressInvalid { line, entry } => {
                return format!("Check line {line}, entry {entry}: there is no e-mail address in it, like name@example.ac.uk")
                    .into();
            }
            Self::EmailMissing => "Enter your e-mail address",
            Self::TheirEmailMissing => "Enter the e-mail address of the person",
            Self::EmailInvalid => "Enter an e-mail address in the correct form, like name@example.ac.uk",
            Self::PasswordMissing => "Enter your password",
            Self::SignInFailed => "Check your e-mail address and password",
            Self::SignInWait { minutes } => match minutes {
                0..=1 => {
                    "Wait a minute, then try again: there were several tries. A link to choose a new password works straight away"
                }
                2 => {
                    "Wait two minutes, then try again: there were several tries. A link to choose a new password works straight away"
                }
                3..=4 => {
                    "Wait four minutes, then try again: there were several tries. A link to choose a new password works straight away"
                }
                5..=8 => {
                    "Wait eight minutes, then try again: there were several tries. A link to choose a new password works straight away"
                }
                _ => {
                    "Wait 15 minutes, then try again: there were several tries. A link to choose a new password works straight away"
                }
            },
            Self::FactorCodeMissing => {
                "Enter the six digits that your app shows, or a recovery code of 16 letters and digits"
            }
            Self::FactorCodeWrong => {
                "Enter the code that your app shows now. A code works once, and for about a minute: if the app shows the same one \
                 still, wait for the next. If none works, look whether the phone's clock is right. A recovery code works once too"
            }
            Self::FirstFactorCodeWrong => {
                "Enter the six digits that your app shows now. If they are wrong again, look whether the phone's clock is right, and whether \
                 the app has the key of this page"
            }
            Self::FactorCodeWait { minutes } => {
                let minutes =
                    if *minutes <= 1 { "a minute".to_owned() } else { format!("{minutes} minutes") };
                return format!(
                    "Wait {minutes}, then try again: there were several wrong codes. A link to choose a new password does not shorten it"
                )
                .into();
            }
            Self::FactorRequired => "Keep the second factor: your role needs it",
            Self::LinksTooMany => {
                "Try again in a few minutes. Very many links were asked for from your network"
            }
            Self::PasswordTooShort => "Choose a password of at least 12 characters",
            Self::PasswordTooLong => "Choose a password of at most 200 characters",
            Self::PasswordCommon => {
                "Choose a password that is harder to guess. This one is common, or close to one that is: three or four \
                 unrelated words work well"
            }
            Self::CurrentPasswordWrong => {
                "Enter the password that you use now. After several wrong tries you have to wait before the next one, \
                 never longer than 15 minutes"
            }
            Self::LinkNoLongerValid => {
                "Ask for a new link. This one has been used, or is more than an hour old"
            }
            Self::ActivationNoLongerValid => "Ask for a new link. This one has been used, or is too old",
            Self::OwnNameMissing => "Enter your name, in at most 200 characters",
            Self::ConsentMissing => "Tick the box if you agree. Without your consent there is no account",
            Self::PolicyChanged => {
                "Load the page again: what we keep has changed, and this page does not show it yet"
            }
            Self::RegisteredPasswordWrong => "Enter the password that you chose when you registered",
            Self::AnswerMissing => "Choose or enter an answer",
            Self::AnswerNotANumber => "Enter a number, like 12.5",
            Self::AnswerNotAQuantity => "Enter a number with its unit, like 12.5 mg",
            Self::NumberMarks => {
                "Use a full stop for the decimal point, like 2.5, and a comma only between thousands, like 1,000"
            }
            Self::NumberTwice => "Enter one number only, like 1,500, and one unit at most",
            Self::NumberAFraction => "Enter a decimal, like 0.5, instead of a fraction",
            Self::NumberAPower => {
                "Write the number out in figures, like 0.0025 or 1,500, without E or a power of ten"
            }
            Self::NumberTooLong => {
                "Enter a shorter number: at most 12 digits before the decimal point and 9 after it"
            }
            Self::UnitUnknown => "Check the unit and write it in full, like micrograms, mL/hour or units",
            Self::UnitMissing => "Choose the unit too. It is part of the answer",
            Self::UnitTwice => "You typed one unit and chose another. Give one of them only",
            Self::ChooseOne => "Choose one answer only",
            Self::ChoicesTooMany => "Choose 30 answers or fewer",
            Self::OrderIncomplete => "Give every item a place of its own",
            Self::TextTooLong => "Write 200 characters or fewer",
            Self::TitleMissing => "Enter a title of at most 200 characters",
            Self::ReasonMissing => "Say why in a few words, at most 500 characters",
            Self::NumberOutOfRange => "Enter a whole number in the range that is given beside the field",
            Self::ChoiceMissing => "Choose one from the list",
            Self::TimeInvalid => "Enter a day and a time, like 22/11/2026 10:00",
            Self::TimeSkipped => {
                "Choose another time. This one does not exist: the clocks go forward from 1am to 2am that night"
            }
            Self::ClosesBeforeItOpens => "Choose a closing time that is later than the opening time",
            Self::ClosesInThePast => "Choose a closing time that is still to come",
            Self::CodeMissing => "Enter the access code",
            Self::CodeUnknown => "Check the code. No paper that is open now has this one",
            Self::CodeTaken => "Choose another access code. A different paper has this one",
            Self::CodeInvalid => "Use 6 to 20 letters and digits for the access code, without spaces",
            Self::QuestionsMissing => "Add at least one section, and questions to every section",
            Self::QuestionsTooMany => "Take some questions out. A paper has at most 200",
            Self::SectionsTooMany => "Remove a section first. A paper has at most 40",
            Self::RulesTooMany => "Remove some questions first. A paper has at most 200",
            Self::QuestionUnknown => "Load the page again. This answer was not saved",
            Self::SequenceUnknown => "Load the page again, then give this answer once more",
            Self::LongTextTooLong => "Write at most 4,000 characters",
            Self::CandidatesMissing => {
                "Say who sits this paper: choose a cohort, name learners, or set an access code"
            }
            Self::CohortUnknown => "Choose the cohorts again. Nothing was saved",
            Self::TemplatesMissing => {
                "Change these questions: the bank has none of this category and difficulty"
            }
            Self::QuestionsTwice => {
                "Ask for fewer questions, or of other categories or difficulties: the bank would ask the same question twice in one attempt"
            }
            Self::AddressesTooMany => "A paper has at most 2,000 addresses",
            Self::AdjustmentMissing => {
                "Fill in one of the three boxes at least. What you leave empty stays as the person has it"
            }
            Self::SomebodyStarted => "Leave this as it is: somebody has started the paper meanwhile",
            Self::NothingChanged => "Change this first: it is what stands already",
            Self::PaperClosedNow => "Leave this as it is: the paper is not open just now",
            Self::ClosesEarlier => {
                "Choose a later closing time than the present one: somebody has started the paper"
            }
            Self::PersonUnknown => {
                "Enter the address of a student of your organisation, or one that a paper of your organisation names"
            }
            Self::ConfirmationMissing => "Tick the box to confirm",
            Self::NobodyChosen => "Tick at least one",
            Self::PaperNotOpen => "This paper cannot be started now",
            Self::PracticeEnough => {
                "You have asked for 120 questions within an hour. Look at the ones that you have, and go on in a while"
            }
            Self::LatinNameMissing => {
                "Enter your name in Latin letters, as your passport has it, in at most 110 characters"
            }
            Self::KeyUnit => "Enter the number in the unit of the question, or without a unit",
            Self::KeyRounding => "Enter the number rounded as the question asks candidates to round it",
            Self::KeyLetters => "Enter letters of options that the question has, like a, c",
            Self::KeyOneLetter => "Enter one letter: this question has one right answer",
            Self::KeyStands => "Enter another answer: this is the right answer already",
            Self::OtherSittingOpen => {
                "Wait until the other attempt of this candidate is submitted. It is open now, and there is one at a time"
            }
            Self::NobodySits => {
                "Nobody is sitting this paper now, so nobody was given any time. Candidates who have submitted can be given some by opening \
                 their sitting again"
            }
            Self::SittingSubmitted => {
                "Open this sitting again, with these minutes, if the candidate is to go on. It was submitted meanwhile, so no time was added"
            }
            Self::NothingTakenOut => "This question has not been taken out, so there is nothing to put back",
            Self::BeingMarkedAgain => "Wait until everybody has been marked again, then send this once more",
            Self::MarkingStopped => "Let the marking go on first: it has stopped",
            Self::FileMissing => {
                "Paste the text of your questions, at most 100 kB. Split a longer text into parts"
            }
            Self::FileFaulty => "Correct what is listed on this page, then preview again",
            Self::QuestionsChanged => "These questions have just been updated. Answer them again",
            Self::TryOfSomebodyElse => {
                "Sign in again as yourself in another tab, then send this once more. Somebody else is signed in in this browser now, \
                 so nothing was marked"
            }
            Self::AttestationMissing => {
                "Tick the box to say so. Without it nobody's name and address may be given to us"
            }
            Self::FileNotAttested => {
                "Tick the box to say so, and choose the file again. Without it nobody's name and address may be given to us"
            }
            Self::InWords { words } => return words.clone().into(),
            Self::UploadChanged => {
                "Look at the list again, then confirm: it is not the one that you have seen"
            }
            Self::NameMissing => "Enter a name of at most 200 characters",
            Self::CohortNameTaken => "Choose another name. A cohort of your organisation has this one",
            Self::DayInvalid => "Enter a day, like 01/09/2026",
            Self::DaysOutOfOrder => "Choose a last day that is not before the first one",
            Self::MemberUnknown => {
                "Enter the address of a person of your organisation. Add them to its people first"
            }
            Self::AnsweredElsewhere => {
                "This was answered in another window since, and that answer is kept. Load the page again to see it"
            }
        })
    }
}
