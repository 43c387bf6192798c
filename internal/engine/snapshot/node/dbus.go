// SPDX-License-Identifier: Apache-2.0

package node

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"strings"

	"github.com/godbus/dbus/v5"
)

// busConn is a connection on which one call is made after the other. It is not
// the library's, which sends its first call right behind the BEGIN that ends
// authentication: systemd's private socket never answers a call that it receives
// together with BEGIN.
type busConn struct {
	ctx    context.Context // it ends the connection
	stop   func() bool
	stream net.Conn
	in     *bufio.Reader
	serial uint32 // of the last call
}

// dialBus connects to a socket and authenticates as the user of this process.
// The connection ends with ctx.
func dialBus(ctx context.Context, socket string) (*busConn, error) {
	stream, err := (&net.Dialer{}).DialContext(ctx, "unix", socket)
	if err != nil {
		return nil, err
	}
	c := &busConn{ctx: ctx, stream: stream, in: bufio.NewReader(io.LimitReader(stream, maxOutput))}
	c.stop = context.AfterFunc(ctx, func() { _ = stream.Close() })
	if err := c.authenticate(); err != nil {
		c.close()
		return nil, err
	}
	return c, nil
}

func (c *busConn) close() {
	c.stop()
	_ = c.stream.Close() // nothing is left to say
}

// authenticate sends all of its part at once, as systemd's own clients do.
func (c *busConn) authenticate() error {
	user := hex.EncodeToString([]byte(strconv.Itoa(os.Getuid())))
	if _, err := io.WriteString(c.stream, "\x00AUTH EXTERNAL "+user+"\r\nBEGIN\r\n"); err != nil {
		return c.explain(err)
	}
	answer, err := c.in.ReadString('\n')
	if err != nil {
		return c.explain(err)
	}
	if !strings.HasPrefix(answer, "OK ") {
		return fmt.Errorf("it refuses the user %d: %q", os.Getuid(), strings.TrimSpace(answer))
	}
	return nil
}

// call calls a method with texts as arguments and returns what it returns.
func (c *busConn) call(destination, path, iface, member string, arguments ...any) ([]any, error) {
	message := dbus.Message{Type: dbus.TypeMethodCall, Body: arguments, Headers: map[dbus.HeaderField]dbus.Variant{
		dbus.FieldDestination: dbus.MakeVariant(destination),
		dbus.FieldPath:        dbus.MakeVariant(dbus.ObjectPath(path)),
		dbus.FieldInterface:   dbus.MakeVariant(iface),
		dbus.FieldMember:      dbus.MakeVariant(member),
	}}
	if len(arguments) > 0 {
		message.Headers[dbus.FieldSignature] = dbus.MakeVariant(dbus.SignatureOf(arguments...))
	}
	var encoded bytes.Buffer
	if err := message.EncodeTo(&encoded, binary.LittleEndian); err != nil {
		return nil, err
	}
	c.serial++
	const serialOffset = 8 // after byte order, type, flags, version and length
	binary.LittleEndian.PutUint32(encoded.Bytes()[serialOffset:], c.serial)
	if _, err := c.stream.Write(encoded.Bytes()); err != nil {
		return nil, c.explain(err)
	}
	return c.reply()
}

// reply returns the reply to the last call. Signals and anything else that
// comes before it are dropped.
func (c *busConn) reply() ([]any, error) {
	for {
		message, err := dbus.DecodeMessage(c.in)
		if err != nil {
			return nil, c.explain(err)
		}
		serial, ok := message.Headers[dbus.FieldReplySerial].Value().(uint32)
		if !ok || serial != c.serial {
			continue
		}
		if message.Type == dbus.TypeError {
			name, _ := message.Headers[dbus.FieldErrorName].Value().(string)
			return nil, dbus.Error{Name: name, Body: message.Body}
		}
		return message.Body, nil
	}
}

// explain says that ctx ended rather than what that did to the connection.
func (c *busConn) explain(err error) error {
	switch {
	case c.ctx.Err() != nil:
		return c.ctx.Err()
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("it hung up")
	default:
		return err
	}
}
