//! The picture: cost against number of doors.

use std::path::Path;

use plotters::prelude::*;
use rhombus_kisi_bench::Failure;

use super::call::Curve;

const CONTESTANTS: [(&str, RGBColor); 3] = [
    ("floor", RGBColor(185, 185, 185)),
    ("generated client", RGBColor(0, 114, 178)),
    ("rhombus-kisi", RGBColor(213, 94, 0)),
];

/// Draws, for updates and for reads, the instructions of a call, and their ratio to the floor's.
pub fn draw(curves: &[Curve], file: &Path) -> Result<(), Failure> {
    let area = SVGBackend::new(file, (1000, 720)).into_drawing_area();
    area.fill(&WHITE)?;
    for (curve, half) in curves.iter().zip(area.split_evenly((2, 1))) {
        let (left, right) = half.split_horizontally(500);
        absolute(curve, &left)?;
        ratio(curve, &right)?;
    }
    area.present()?;
    Ok(())
}

type Area<'a> = DrawingArea<SVGBackend<'a>, plotters::coord::Shift>;

fn doors(curve: &Curve) -> std::ops::Range<f64> {
    let last = curve.doors.last().copied().unwrap_or(1) as f64;
    0.8..last * 1.3
}

fn absolute(curve: &Curve, area: &Area<'_>) -> Result<(), Failure> {
    let all = || curve.instructions.iter().flatten().copied();
    let (low, high) = (all().fold(f64::INFINITY, f64::min), all().fold(0.0, f64::max));
    let mut chart = ChartBuilder::on(area)
        .caption(
            format!("Instructions of {} {}", article(curve.work), curve.work),
            ("sans-serif", 18),
        )
        .margin(12)
        .x_label_area_size(40)
        .y_label_area_size(64)
        .build_cartesian_2d(doors(curve).log_scale(), (low * 0.6..high * 1.6).log_scale())?;
    chart
        .configure_mesh()
        .light_line_style(WHITE)
        .x_desc("doors")
        .x_label_formatter(&|value| short(*value))
        .y_label_formatter(&|value| short(*value))
        .label_style(("sans-serif", 13))
        .draw()?;
    for (at, (name, color)) in CONTESTANTS.into_iter().enumerate() {
        let points: Vec<_> = points(curve, &curve.instructions[at]).collect();
        // The lines lie on each other: wide under narrow shows all three.
        let width = [10, 6, 2][at];
        chart
            .draw_series(LineSeries::new(points.clone(), color.stroke_width(width)))?
            .label(name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 20, y)], color.stroke_width(width)));
        if at == 2 {
            chart.draw_series(points.into_iter().map(|point| Circle::new(point, 3, color.filled())))?;
        }
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperLeft)
        .background_style(WHITE.mix(0.9))
        .label_font(("sans-serif", 13))
        .draw()?;
    Ok(())
}

fn ratio(curve: &Curve, area: &Area<'_>) -> Result<(), Failure> {
    let (_, limit) = super::goals::Goal::Call.limit();
    let ratios = |values: &[Vec<f64>; 3], at: usize| -> Vec<f64> {
        values[at]
            .iter()
            .zip(&values[0])
            .map(|(value, floor)| value / floor)
            .collect()
    };
    let all = [&curve.instructions, &curve.bytes].map(|values| [ratios(values, 1), ratios(values, 2)]);
    let (low, high) = all
        .iter()
        .flatten()
        .flatten()
        .fold((limit, limit), |(low, high), ratio| (low.min(*ratio), high.max(*ratio)));
    let mut chart = ChartBuilder::on(area)
        .caption(
            "Instructions and allocated bytes, divided by the floor's",
            ("sans-serif", 18),
        )
        .margin(12)
        .x_label_area_size(40)
        .y_label_area_size(52)
        .build_cartesian_2d(doors(curve).log_scale(), low - 0.02..high + 0.02 + 0.6 * (high - low))?;
    chart
        .configure_mesh()
        .light_line_style(WHITE)
        .x_desc("doors")
        .x_label_formatter(&|value| short(*value))
        .y_labels(9)
        .y_label_formatter(&|value| format!("{value:.2}"))
        .label_style(("sans-serif", 13))
        .draw()?;
    let range = doors(curve);
    let goal = [(range.start, limit), (range.end, limit)];
    chart
        .draw_series(LineSeries::new(goal, RGBColor(170, 0, 0).stroke_width(1)))?
        .label(format!("goal: {limit:.2}"))
        .legend(|(x, y)| PathElement::new([(x, y), (x + 20, y)], RGBColor(170, 0, 0).stroke_width(1)));
    for (measure, values, filled) in [
        ("instructions", &curve.instructions, true),
        ("bytes", &curve.bytes, false),
    ] {
        for (at, (name, color)) in CONTESTANTS.into_iter().enumerate().skip(1) {
            let points: Vec<_> = points(curve, &ratios(values, at)).collect();
            let style = if filled {
                color.stroke_width(2)
            } else {
                color.mix(0.6).stroke_width(1)
            };
            chart.draw_series(LineSeries::new(points.clone(), style))?;
            let marker = if filled { color.filled() } else { color.stroke_width(1) };
            chart
                .draw_series(points.into_iter().map(|point| Circle::new(point, 4, marker)))?
                .label(format!("{name}, {measure}"))
                .legend(move |(x, y)| Circle::new((x + 10, y), 4, marker));
        }
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperRight)
        .background_style(WHITE.mix(0.9))
        .label_font(("sans-serif", 13))
        .draw()?;
    Ok(())
}

fn points(curve: &Curve, values: &[f64]) -> impl Iterator<Item = (f64, f64)> {
    curve
        .doors
        .iter()
        .map(|doors| *doors as f64)
        .zip(values.iter().copied())
}

fn article(work: &str) -> &'static str {
    if work.starts_with('u') { "an" } else { "a" }
}

fn short(value: f64) -> String {
    match value {
        value if value >= 1e6 => format!("{}M", value / 1e6),
        value if value >= 1e3 => format!("{}k", value / 1e3),
        value => format!("{value}"),
    }
}

#[cfg(test)]
mod tests {
    use super::{CONTESTANTS, draw};
    use crate::driver::call::Curve;

    #[test]
    fn all_contestants_are_in_the_picture() {
        let line = |first: f64, each: f64| [1, 10, 100, 1_000, 10_000].map(|doors| first + each * f64::from(doors));
        let curve = |work| Curve {
            work,
            doors: vec![1, 10, 100, 1_000, 10_000],
            instructions: [line(9e4, 4.1e3), line(9.3e4, 4.2e3), line(8.9e4, 4.0e3)].map(Vec::from),
            bytes: [line(2e4, 420.0), line(2.3e4, 420.0), line(2.2e4, 415.0)].map(Vec::from),
        };
        let file = std::env::temp_dir().join(format!("bench-plot-{}.svg", std::process::id()));
        draw(&[curve("update"), curve("read")], &file).unwrap();
        let picture = std::fs::read_to_string(&file).unwrap();
        std::fs::remove_file(&file).unwrap();
        for (name, _) in CONTESTANTS {
            // Twice in the legends on the left.
            assert!(picture.matches(name).count() >= 2, "{name}");
        }
        assert!(picture.contains("goal: 1.02") && !picture.contains("NaN"));
    }
}
