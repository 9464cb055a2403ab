# Builds the executable from the locked packages.
FROM node:20-bookworm-slim AS build
WORKDIR /build
COPY package.json bun.lock bunfig.toml tsconfig.json ./
RUN npx --yes bun@1.4.5 install --frozen-lockfile
COPY src ./src
COPY catalog ./catalog
COPY migrations ./migrations
RUN npx --yes bun@1.4.5 run build

# Holds the executable and nothing else of ours. Give it 15 seconds to stop: docker run --stop-timeout 15.
FROM debian:bookworm-slim
RUN apt-get update \
  && apt-get install -y --no-install-recommends ca-certificates \
  && rm -rf /var/lib/apt/lists/* \
  && groupadd --gid 10001 lanehook \
  && useradd --uid 10001 --gid lanehook --no-create-home --home-dir /data --shell /usr/sbin/nologin lanehook \
  && install -d -o lanehook -g lanehook -m 0700 /data
COPY --from=build /build/dist/lanehook /usr/local/bin/lanehook

ENV DATA_DIR=/data HOST=0.0.0.0 SIGNUP=closed AUCTION_IDS=operator
USER lanehook
WORKDIR /data
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=6s --start-period=10s --retries=3 CMD ["lanehook", "health"]
ENTRYPOINT ["lanehook"]
CMD ["serve"]
