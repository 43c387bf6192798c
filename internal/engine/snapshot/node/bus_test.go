// SPDX-License-Identifier: Apache-2.0

package node_test

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/godbus/dbus/v5"
)

// startBus starts a process that is systemd at the other end of a socket. It
// tells the properties of the file: a line has name, D-Bus signature and value, or
// is the name of another unit in brackets.
func startBus(t *testing.T, mode, socket, file string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), "NODE_TEST_MODE="+mode, "NODE_TEST_FILE="+file, "NODE_TEST_SOCKET="+socket)
	cmd.Stderr = os.Stderr
	output, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Wait() }) // after the test's context has ended it
	if line, err := bufio.NewReader(output).ReadString('\n'); err != nil {
		t.Fatalf("the bus does not start: %q, %v", line, err)
	}
}

func serveBus(mode, file string) int {
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "unix", os.Getenv("NODE_TEST_SOCKET"))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 3
	}
	_, _ = fmt.Fprintln(os.Stdout, "ready")
	for {
		conn, err := listener.Accept()
		if err != nil {
			return 3
		}
		go func() {
			defer func() { _ = conn.Close() }()
			if mode == "silent-bus" {
				_, _ = io.Copy(io.Discard, conn)
				return
			}
			var hungUp *net.OpError
			if err := answer(conn, mode == "bus", file); err != nil && !errors.Is(err, io.EOF) && !errors.As(err, &hungUp) {
				fmt.Fprintln(os.Stderr, "bus:", err)
			}
		}()
	}
}

// answer speaks the server's side of a connection: it authenticates, and then
// answers calls. Only a daemon is greeted.
func answer(conn net.Conn, daemon bool, file string) error {
	in := bufio.NewReader(conn)
	if err := authenticate(in, conn); err != nil {
		return err
	}
	if !daemon && in.Buffered() > 0 { // systemd itself forgets a call that comes with BEGIN
		_, err := io.Copy(io.Discard, conn)
		return err
	}
	for greeted := false; ; {
		call, err := dbus.DecodeMessage(in)
		if err != nil {
			return err
		}
		reply := &dbus.Message{Type: dbus.TypeMethodReply, Headers: map[dbus.HeaderField]dbus.Variant{
			dbus.FieldReplySerial: dbus.MakeVariant(call.Serial()),
		}}
		member, _ := call.Headers[dbus.FieldMember].Value().(string)
		path, _ := call.Headers[dbus.FieldPath].Value().(dbus.ObjectPath)
		switch {
		case member == "Hello" && daemon:
			greeted = true
			setBody(reply, "s", ":1.7")
		case member == "GetAll" && greeted == daemon && strings.HasPrefix(string(path), "/org/freedesktop/systemd1/unit/"):
			properties, err := busProperties(file, string(path))
			if err != nil {
				return err
			}
			setBody(reply, "a{sv}", properties)
		default:
			reply.Type = dbus.TypeError
			reply.Headers[dbus.FieldErrorName] = dbus.MakeVariant("org.freedesktop.DBus.Error.UnknownMethod")
			setBody(reply, "s", "no such call: "+member+" of "+string(path))
		}
		if err := reply.EncodeTo(conn, binary.LittleEndian); err != nil {
			return err
		}
	}
}

func setBody(m *dbus.Message, signature string, value any) {
	m.Headers[dbus.FieldSignature] = dbus.MakeVariant(dbus.ParseSignatureMust(signature))
	m.Body = []any{value}
}

func authenticate(in *bufio.Reader, out io.Writer) error {
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return err
		}
		var said string
		switch words := strings.Fields(strings.Trim(line, "\x00\r\n")); {
		case len(words) == 1 && words[0] == "AUTH":
			said = "REJECTED EXTERNAL"
		case len(words) > 1 && words[0] == "AUTH":
			said = "OK 0123456789abcdef0123456789abcdef"
		case len(words) == 1 && words[0] == "BEGIN":
			return nil
		default:
			said = "ERROR"
		}
		if _, err := io.WriteString(out, said+"\r\n"); err != nil {
			return err
		}
	}
}

type execCommand struct {
	Path      string
	Arguments []string
	Ignore    bool
	A, B      uint64
	C, D      uint64
	PID       uint32
	E, F      int32
}

// busProperties returns those of the unit at a path: the lines of the file up to
// one that is a name in brackets are containerd's, and those behind it are that
// unit's.
func busProperties(file, path string) (map[string]dbus.Variant, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	properties := map[string]dbus.Variant{"LoadState": dbus.MakeVariant("not-found"), "ActiveState": dbus.MakeVariant("inactive")}
	unit := "containerd.service"
	for line := range strings.Lines(string(content)) {
		if inner, ok := strings.CutPrefix(line, "["); ok {
			unit, _, _ = strings.Cut(inner, "]")
		}
		if escaped := strings.NewReplacer("-", "_2d", ".", "_2e").Replace(unit); !strings.HasSuffix(path, "/"+escaped) || line[0] == '[' {
			continue
		}
		name, rest, _ := strings.Cut(strings.TrimRight(line, "\n"), " ")
		signature, value, _ := strings.Cut(rest, " ")
		words := strings.Fields(value)
		number, _ := strconv.ParseInt(value, 10, 64)
		var v any
		switch signature {
		case "s":
			v = value
		case "b":
			v = value == "true"
		case "i":
			v = int32(number)
		case "u":
			v = uint32(number)
		case "t":
			v, err = strconv.ParseUint(value, 10, 64)
		case "as":
			v = words
		case "ay":
			v = []byte(value)
		case "a(sasbttttuii)":
			v = []execCommand{{Path: words[0], Arguments: words}}
		default:
			return nil, fmt.Errorf("signature %q", signature)
		}
		if err != nil {
			return nil, err
		}
		properties[name] = dbus.MakeVariant(v)
	}
	return properties, nil
}
