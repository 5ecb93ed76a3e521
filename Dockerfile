# The server with the app inside, on what it needs to run: ffmpeg, espeak-ng and PostgreSQL's client library.
# The database is another container: see docker-compose.yml.

FROM rust:1.95-bookworm AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpq-dev nodejs npm \
    && rm -rf /var/lib/apt/lists/* \
    && rustup target add wasm32-unknown-unknown
WORKDIR /src

# What bundles the app (here) and what was compiled are kept between builds.
ENV AI_STUDIO_TOOLS=/opt/tools
# Cargo tells by their times what has changed since the last build. Those of an update may be older than that build: they are
# set to now.
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry,sharing=locked \
    --mount=type=cache,id=ai-studio-tools,target=/opt/tools,sharing=locked \
    --mount=type=cache,id=ai-studio-target,target=/src/target,sharing=locked \
    find . -path ./target -prune -o -type f -exec touch {} + \
    && scripts/build-app \
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
