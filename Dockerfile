# docker build -t steward .
# docker run -p 127.0.0.1:8080:8080 -v steward:/var/lib/steward steward

FROM rust:1-bookworm AS builder
# postgres-tls compiles OpenSSL from its source.
RUN apt-get update \
    && apt-get install -y --no-install-recommends gcc make perl \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /build
COPY . .
RUN cargo build --release --locked --features postgres-tls

FROM debian:bookworm-slim
# The authorities that sign a database server's certificate.
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/*
RUN groupadd --system --gid 10001 steward \
    && useradd --system --uid 10001 --gid steward --no-create-home \
        --home-dir /var/lib/steward --shell /usr/sbin/nologin steward \
    && install -d -m 0750 -o steward -g steward /var/lib/steward
COPY --from=builder /build/target/release/steward /usr/local/bin/steward

# By number, so that an orchestrator can see that it is not root.
USER 10001:10001
WORKDIR /var/lib/steward
VOLUME /var/lib/steward
ENV STEWARD_LISTEN=0.0.0.0:8080 \
    STEWARD_DATABASE_URL=sqlite:///var/lib/steward/steward.db \
    SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt
EXPOSE 8080
ENTRYPOINT ["steward"]
CMD ["serve"]
