"""Definitions: what every figure of a test is called and means, with its source, to be printed beside it."""

from __future__ import annotations

from collections.abc import Mapping

TEST_FIGURE_LABELS: Mapping[str, str] = {
    "n": "People",
    "mean": "Mean",
    "median": "Median",
    "sd": "Standard deviation",
    "skewness": "Skewness",
    "kurtosis": "Kurtosis",
    "cic": "Internal consistency",
    "error_ratio": "Error ratio",
    "standard_error": "Standard error",
    "guess_score": "Score of guessing",
    "agreement": "Same decision",
    "kappa": "Kappa of the decision",
}

TEST_MEANING_LABELS: Mapping[str, str] = {
    "n": "Who has finished this form; of several tries only the first; nobody who waits for a mark by hand.",
    "mean": "Mean marks of {n} people, of {most}.",
    "median": "Half of the people have more marks, half have fewer.",
    "sd": "How far people's marks lie apart, in marks.",
    "skewness": "Below 0: more people with many marks and a tail of few; 0: even.",
    "kurtosis": "Above 0: more very high and very low marks than a normal curve has.",
    "cic": "Cronbach's alpha × 100: whether the items measure one thing; 95% interval {low} to {high} (Feldt 1965)."
    " From 70 on a test may rank people; it can be below 0.",
    "error_ratio": "Share of the spread that is chance, √(1 − alpha), in percent.",
    "standard_error": "In marks: chance moves the score of two of three people by no more than this.",
    "guess_score": "Share of the marks that random answers reach on average.",
    "agreement": "Share of people whom a parallel form would pass or fail alike (Peng and Subkoviak 1980).",
    "kappa": "That agreement beyond chance: 0 is none, 1 complete.",
}

ITEM_FIGURE_LABELS: Mapping[str, str] = {
    "facility": "Facility",
    "sd": "Standard deviation",
    "rest": "Item-rest correlation",
    "upper_lower": "Discrimination index",
    "efficiency": "Efficiency",
    "intended_weight": "Intended weight",
    "effective_weight": "Effective weight",
    "alpha_without": "Consistency without it",
    "blank": "Left blank",
    "time": "Time",
    "a": "Slope a",
    "b": "Difficulty b",
}

ITEM_MEANING_LABELS: Mapping[str, str] = {
    "facility": "Share of its marks that people reach; guessing reaches {guess}.",
    "sd": "How far people lie apart on this item, in shares of its marks.",
    "rest": "Whether who does well otherwise does well here, 95% interval {low} to {high} (Fisher 1921): 0.2 is useful,"
    " wholly below 0 something is wrong.",
    "upper_lower": "Facility of the best 27% less that of the weakest 27% (Kelley 1939).",
    "efficiency": "Covariance of mark and rest, in percent of the most these marks could give.",
    "intended_weight": "Percent of all marks that it is worth.",
    "effective_weight": "Percent of the differences between people that it makes.",
    "alpha_without": "Internal consistency of the form without this item; {all} with it.",
    "blank": "{out} left it out, {end} stopped before it.",
    "time": "Median until it was answered, in seconds; nine of ten within {n}.",
    "a": "Two-parameter model: how sharply it tells people apart, ± {n}; from {least} people on.",
    "b": "Two-parameter model: ability at which half get it right, in standard deviations, ± {n}.",
}

EFFECT_FIGURE_LABELS: Mapping[str, str] = {
    "mean": "Gain",
    "d_z": "Effect size d_z",
    "hake_class": "Normalised gain, class",
    "hake_people": "Normalised gain, people",
    "reliable": "Reliably better",
    "form": "The form's part",
}

EFFECT_MEANING_LABELS: Mapping[str, str] = {
    "mean": "Post-test less pre-test of the same {n} people, in percentage points; 95% interval {low} to {high}"
    " ({how}).",
    "d_z": "Mean gain in standard deviations of the gains (Cohen 1988), 95% interval {low} to {high}; corrected for"
    " small groups g_z = {g} (Hedges 1981).",
    "hake_class": "Gain of the means as a share of what was left to gain (Hake 1998): from 0.3 medium, from 0.7 high.",
    "hake_people": "The same for each person, then the mean; whoever had nothing left to gain is left out.",
    "reliable": "People whose change is more than 1.96 errors of a difference (Jacobson and Truax 1991); {worse}"
    " reliably worse. Of a hundred who changed nothing, chance alone calls two or three better and as many worse.",
    "form": "How much easier form B is than form A, in percentage points, told from both orders; 95% interval {low} to"
    " {high}.",
}
