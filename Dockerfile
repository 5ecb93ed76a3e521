# The server with the app inside, on what it needs to run: ffmpeg, espeak-ng and PostgreSQL's client library.
# The database is another container: see docker-compose.yml.

FROM rust:1.95-bookworm AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpq-dev nodejs npm \
    && rm -rf /var/lib/apt/lists/* \
    && rustup target add wasm32-unknown-unknown
WORKDIR /src

# What bundles the app, in a layer of its own: it changes only with its versions.
ENV AI_STUDIO_TOOLS=/opt/tools
COPY Cargo.lock ./
COPY scripts ./scripts
RUN --mount=type=cache,target=/usr/local/cargo/registry,sharing=locked \
    scripts/app-tools

COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry,sharing=locked \
    --mount=type=cache,target=/src/target,sharing=locked \
    scripts/build-app \
    && cargo build --release --locked --package studio --bin ai-studio \
    && install -D target/release/ai-studio /out/ai-studio


FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates curl espeak-ng ffmpeg libespeak-ng1 libpq5 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --user-group --no-create-home --home-dir /data --shell /usr/sbin/nologin studio \
    && install -d -o studio -g studio -m 0750 /data
COPY --from=build /out/ai-studio /usr/local/bin/ai-studio

USER studio
ENV STUDIO_DATA_DIR=/data \
    STUDIO_BIND=0.0.0.0:8080
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["curl", "--fail", "--silent", "--show-error", "--output", "/dev/null", "http://127.0.0.1:8080/api/health"]
CMD ["ai-studio"]
