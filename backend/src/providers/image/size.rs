//! Sizes: every model wants its own number of pixels, in steps of its own, and the film wants its shape.

use shared::project::AspectRatio;

/// Width and height of exactly that shape, whole multiples of `step`, with as many pixels as may be and no more than `pixels`.
pub fn fitted(shape: AspectRatio, pixels: u32, step: u32) -> (u32, u32) {
    let (across, down) = shape.parts();
    let (width, height) = (across * step, down * step);
    let times = (pixels / (width * height)).isqrt().max(1);
    (width * times, height * times)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_keep_the_shape_and_the_steps() {
        let all = [AspectRatio::Landscape, AspectRatio::Portrait, AspectRatio::Square, AspectRatio::Tall];
        assert_eq!(all.map(|shape| fitted(shape, 1024 * 1024, 8)), [(1280, 720), (720, 1280), (1024, 1024), (896, 1120)]);
        assert_eq!(all.map(|shape| fitted(shape, 1536 * 864, 16)), [(1536, 864), (864, 1536), (1152, 1152), (1024, 1280)]);
        assert_eq!(fitted(AspectRatio::Landscape, 1, 8), (128, 72));
    }
}
