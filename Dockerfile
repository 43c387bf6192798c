# The eidos command as an image, for the agent: docker build -t eidos .
# Releases build the same with ko, for amd64 and arm64, from images that
# scripts/pin-images.sh has pinned.
FROM --platform=$BUILDPLATFORM golang:1.26 AS build
ARG TARGETOS
ARG TARGETARCH
ARG VERSION=dev
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH \
    go build -trimpath -ldflags "-s -w -X main.version=$VERSION" -o /eidos ./cmd/eidos

# The command is static. The C library in this image, which has no shell, is for
# the nvidia-smi that NVIDIA's container runtime brings into the container.
FROM gcr.io/distroless/base-nossl-debian12:nonroot
COPY LICENSE NOTICE /
COPY --from=build /eidos /eidos
ENTRYPOINT ["/eidos"]
