//! What clips a model makes: how long, how large, of which shape. Requests are held against it, and what they leave open
//! is filled in from it.

use std::time::Duration;

use shared::{
    project::AspectRatio,
    provider::{Choice, OptionField, OptionInput, ProviderKind},
    video::Resolution,
};

/// The longest clip that is made where the request does not say, in seconds: every second costs, and a film shows a
/// shorter one twice.
const LONGEST_UNASKED: f64 = 10.0;

/// What clips a model makes.
#[derive(Clone, Debug, PartialEq)]
pub struct Clips {
    /// How long they may be.
    pub lengths: Lengths,
    /// How many lines they may have, the usual first; none where that cannot be chosen.
    pub resolutions: &'static [Resolution],
    /// Of which shape they may be; none where they are as the picture is.
    pub shapes: &'static [AspectRatio],
    /// About how long it takes to make one.
    pub usual: Duration,
}

/// How long clips may be, in whole seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lengths {
    /// Anything between.
    Between(u32, u32),
    /// One of these, from the least.
    OneOf(&'static [u32]),
    /// Clips are found, not made: one that lasts at least so long, up to that, where there is one.
    AtLeast(u32),
}

impl Lengths {
    /// Whether a clip may be that long.
    pub fn allow(self, seconds: f64) -> bool {
        self.all().any(|allowed| (f64::from(allowed) - seconds).abs() < 1e-6)
    }

    /// The shortest that lasts that long; else the longest.
    pub fn fitting(self, seconds: f64) -> u32 {
        let most = if let Self::AtLeast(most) = self { f64::from(most) } else { LONGEST_UNASKED };
        let all = || self.all().filter(|length| f64::from(*length) <= most);
        all().find(|length| f64::from(*length) >= seconds).or_else(|| all().last()).unwrap_or_else(|| self.ends().0)
    }

    /// The least and the most.
    pub fn ends(self) -> (u32, u32) {
        match self {
            Self::Between(least, most) => (least, most),
            Self::AtLeast(most) => (1, most),
            Self::OneOf(all) => (all.first().copied().unwrap_or(1), all.last().copied().unwrap_or(1)),
        }
    }

    /// For people: "4, 6 or 8", "a whole number from 3 to 15".
    pub fn words(self) -> String {
        match self {
            Self::Between(..) | Self::AtLeast(_) => {
                let (least, most) = self.ends();
                format!("a whole number of seconds from {least} to {most}")
            }
            Self::OneOf(all) => {
                let all: Vec<String> = all.iter().map(u32::to_string).collect();
                match all.split_last() {
                    Some((last, [])) => format!("{last} seconds"),
                    Some((last, others)) => format!("{} or {last} seconds", others.join(", ")),
                    None => "left out".to_owned(),
                }
            }
        }
    }

    fn all(self) -> Box<dyn Iterator<Item = u32>> {
        match self {
            Self::Between(..) | Self::AtLeast(_) => {
                let (least, most) = self.ends();
                Box::new(least..=most)
            }
            Self::OneOf(all) => Box::new(all.iter().copied()),
        }
    }
}

impl Clips {
    /// The shape that is nearest to the wanted one; none where clips are as their picture is.
    pub fn shape_for(&self, wanted: AspectRatio) -> Option<AspectRatio> {
        let ratio = |shape: AspectRatio| {
            let (across, down) = shape.parts();
            (f64::from(across) / f64::from(down)).ln()
        };
        let distance = |shape: AspectRatio| (ratio(shape) - ratio(wanted)).abs();
        self.shapes.iter().copied().min_by(|a, b| distance(*a).total_cmp(&distance(*b)))
    }
}

/// The form of a model that makes such clips.
pub fn fields_of(clips: Clips) -> Vec<OptionField> {
    fields(std::iter::once(clips))
}

/// The form of somebody whose models make such clips: everything that any of them takes.
pub fn fields<'a>(all: impl Iterator<Item = Clips> + Clone + 'a) -> Vec<OptionField> {
    let field = |name: &str, label: &str, input: OptionInput, help: &str| OptionField {
        name: name.to_owned(),
        label: label.to_owned(),
        kind: ProviderKind::Video,
        input,
        help: Some(help.to_owned()),
    };
    let choice = |value: &str, label: &str| Choice { value: value.to_owned(), label: label.to_owned() };
    let ends = all.clone().map(|clips| clips.lengths.ends());
    let (least, most) = ends.fold((u32::MAX, 1), |(least, most), (from, to)| (least.min(from), most.max(to)));
    let lengths = OptionInput::Number { min: f64::from(least), max: f64::from(most), step: 1.0, only: only(all.clone()) };
    let several = all.clone().nth(1).is_some();
    let resolutions = once_each(all.clone().flat_map(|clips| clips.resolutions));
    let shapes = once_each(all.flat_map(|clips| clips.shapes));
    let mut fields = vec![
        field(
            "prompt",
            "What happens",
            OptionInput::Text,
            "How the picture moves; what the scene shows, and a slow camera, where left out.",
        ),
        field("durationSeconds", "Length", lengths, "In seconds; as long as the scene is spoken, up to ten, where left out."),
    ];
    if !resolutions.is_empty() {
        let help = if several { "Not every model makes all of them." } else { "The more lines, the more it may cost." };
        let choices = resolutions.iter().map(|one| choice(one.as_str(), one.label())).collect();
        fields.push(field("resolution", "Resolution", OptionInput::Choice { choices }, help));
    }
    if !shapes.is_empty() {
        let choices = shapes.iter().map(|one| choice(one.as_str(), one.as_str())).collect();
        fields.push(field("aspectRatio", "Shape", OptionInput::Choice { choices }, "The project's, or the nearest to it, where left out."));
    }
    fields
}

/// The lengths that there are, where all of those models make only a few.
fn only(all: impl Iterator<Item = Clips>) -> Vec<f64> {
    let mut lengths: Vec<u32> = Vec::new();
    for clips in all {
        match clips.lengths {
            Lengths::OneOf(some) => lengths.extend(some),
            Lengths::Between(..) | Lengths::AtLeast(_) => return Vec::new(),
        }
    }
    lengths.sort_unstable();
    lengths.dedup();
    lengths.into_iter().map(f64::from).collect()
}

fn once_each<'a, T: Copy + PartialEq + 'a>(all: impl Iterator<Item = &'a T>) -> Vec<T> {
    let mut each = Vec::new();
    for one in all {
        if !each.contains(one) {
            each.push(*one);
        }
    }
    each
}

#[cfg(test)]
mod tests {
    use super::*;

    const VEO: Lengths = Lengths::OneOf(&[4, 6, 8]);
    const OMNI: Lengths = Lengths::Between(3, 15);

    #[test]
    fn lengths_are_held_to_what_there_is() {
        assert!(VEO.allow(6.0) && !VEO.allow(5.0) && !VEO.allow(6.5));
        assert!(OMNI.allow(3.0) && OMNI.allow(15.0) && !OMNI.allow(2.0) && !OMNI.allow(7.5));
        assert_eq!(VEO.words(), "4, 6 or 8 seconds");
        assert_eq!(Lengths::OneOf(&[8]).words(), "8 seconds");
        assert_eq!(OMNI.words(), "a whole number of seconds from 3 to 15");
    }

    #[test]
    fn an_open_length_is_the_scenes_within_reason() {
        for (seconds, veo, omni) in [(0.5, 4, 3), (4.2, 6, 5), (8.0, 8, 8), (14.0, 8, 10)] {
            assert_eq!((VEO.fitting(seconds), OMNI.fitting(seconds)), (veo, omni), "{seconds}");
        }
        assert_eq!(Lengths::OneOf(&[12, 20]).fitting(3.0), 12);
        assert_eq!([0.5, 14.2, 90.0].map(|seconds| Lengths::AtLeast(60).fitting(seconds)), [1, 15, 60], "what is found costs nothing");
    }

    #[test]
    fn a_form_offers_no_length_that_is_not_made() {
        let clips = |lengths| Clips { lengths, resolutions: &[], shapes: &[], usual: Duration::ZERO };
        let input = |all: &[Lengths]| {
            let form = fields(all.iter().map(|lengths| clips(*lengths)));
            form.into_iter().find(|field| field.name == "durationSeconds").unwrap().input
        };
        let number = |min, max, only: &[f64]| OptionInput::Number { min, max, step: 1.0, only: only.to_vec() };
        assert_eq!(input(&[VEO]), number(4.0, 8.0, &[4.0, 6.0, 8.0]));
        assert_eq!(input(&[OMNI]), number(3.0, 15.0, &[]));
        assert_eq!(input(&[VEO, Lengths::OneOf(&[6, 10])]), number(4.0, 10.0, &[4.0, 6.0, 8.0, 10.0]));
        assert_eq!(input(&[VEO, OMNI]), number(3.0, 15.0, &[]));
    }

    #[test]
    fn a_shape_that_is_not_made_becomes_the_nearest() {
        let both = &[AspectRatio::Landscape, AspectRatio::Portrait];
        let clips = |shapes| Clips { lengths: VEO, resolutions: &[], shapes, usual: Duration::ZERO };
        assert_eq!(clips(both).shape_for(AspectRatio::Tall), Some(AspectRatio::Portrait));
        assert_eq!(clips(both).shape_for(AspectRatio::Landscape), Some(AspectRatio::Landscape));
        assert_eq!(clips(&[]).shape_for(AspectRatio::Tall), None);
    }
}
