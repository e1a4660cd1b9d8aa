//! The check of a bot of 1,000 steps, from the text of its file to a bot that can run.

use countersign_bench::large_bot;
use countersign_script::{CheckOptions, check};
use criterion::{Criterion, criterion_group, criterion_main};

fn thousand_steps(criterion: &mut Criterion) {
    let text = large_bot(1000);
    criterion.bench_function("check of 1,000 steps", |bencher| {
        bencher.iter(|| check("large.yaml", &text, &CheckOptions::default()));
    });
}

criterion_group!(benches, thousand_steps);
criterion_main!(benches);
