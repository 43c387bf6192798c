// SPDX-License-Identifier: Apache-2.0

package recipe

import (
	"bytes"
	"cmp"
	"flag"
	"fmt"
	"go/format"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
)

const codeFile = "catalogue_code.go"

// TestEmbeddedIsTheData compares the catalogue that is compiled into programs
// with the files below data, and with -update writes it anew from them. Where a
// change of types keeps it from compiling, let its function return nil first.
func TestEmbeddedIsTheData(t *testing.T) {
	t.Parallel()
	want, err := LoadFS(os.DirFS("data"))
	if err != nil {
		t.Fatal(err)
	}
	if flag.Lookup("update").Value.String() == "true" {
		writeCode(t, want)
		return
	}
	got, err := Embedded()
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(want, got) {
		t.Error("the catalogue in programs is not that of data: run make catalog")
	}
}

func writeCode(t *testing.T, c *Catalog) {
	t.Helper()
	p := &codePrinter{names: map[*layer]string{}}
	p.catalog(c)
	code, err := format.Source(p.out.Bytes())
	if err != nil {
		t.Fatalf("%v in:\n%s", err, p.out.Bytes())
	}
	if err := os.WriteFile(codeFile, code, 0o644); err != nil {
		t.Fatal(err)
	}
}

// codePrinter writes a catalogue as Go code.
type codePrinter struct {
	out   bytes.Buffer
	names map[*layer]string // of variables
}

func (p *codePrinter) printf(format string, args ...any) { fmt.Fprintf(&p.out, format, args...) }

// catalog writes one variable a layer, because the entries of a layer refer to
// it.
func (p *codePrinter) catalog(c *Catalog) {
	p.printf("// SPDX-License-Identifier: Apache-2.0\n\n// Code generated from data by make catalog. DO NOT EDIT.\n\n")
	p.printf("package recipe\n\nimport \"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement\"\n\n")
	p.printf("func embeddedCatalog() *Catalog {\n")
	for i, l := range slices.Concat([]*layer{c.base}, c.overlays) {
		name := fmt.Sprintf("l%d", i)
		p.printf("%s := &layer{name: %q, conditions: ", name, l.name)
		p.value(reflect.ValueOf(l.conditions))
		p.printf("}\n")
		p.names[l] = name
		p.printf("%s.entries = ", name)
		p.value(reflect.ValueOf(l.entries))
		p.printf("\n%s.demands = ", name)
		p.value(reflect.ValueOf(l.demands))
		p.printf("\n")
	}
	p.printf("return ")
	p.value(reflect.ValueOf(c))
	p.printf("\n}\n")
}

func (p *codePrinter) value(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		p.printf("%q", v.String())
	case reflect.Bool:
		p.printf("%t", v.Bool())
	case reflect.Int, reflect.Int64:
		p.printf("%d", v.Int())
	case reflect.Uint64:
		p.printf("%d", v.Uint())
	case reflect.Interface:
		p.reading(v)
	case reflect.Pointer:
		p.pointer(v)
	case reflect.Struct:
		p.printf("%s{", typeName(v.Type()))
		for i := range v.NumField() {
			if !v.Field(i).IsZero() {
				p.printf("%s: ", v.Type().Field(i).Name)
				p.value(v.Field(i))
				p.printf(", ")
			}
		}
		p.printf("}")
	case reflect.Slice:
		p.list(v)
	case reflect.Map:
		p.mapping(v)
	default:
		panic("a catalogue holds no " + v.Kind().String())
	}
}

func typeName(t reflect.Type) string { return strings.ReplaceAll(t.String(), "recipe.", "") }

func (p *codePrinter) pointer(v reflect.Value) {
	if v.Type() == reflect.TypeFor[*layer]() {
		p.printf("%s", p.names[(*layer)(v.UnsafePointer())])
		return
	}
	p.printf("&")
	p.value(v.Elem())
}

func (p *codePrinter) list(v reflect.Value) {
	if v.IsNil() {
		p.printf("nil")
		return
	}
	p.printf("%s{", typeName(v.Type()))
	for i := range v.Len() {
		p.printf("\n")
		p.value(v.Index(i))
		p.printf(",")
	}
	if v.Len() > 0 {
		p.printf("\n")
	}
	p.printf("}")
}

func (p *codePrinter) mapping(v reflect.Value) {
	if v.IsNil() {
		p.printf("nil")
		return
	}
	keys := v.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int { return cmp.Compare(a.String(), b.String()) })
	p.printf("%s{\n", typeName(v.Type()))
	for _, key := range keys {
		p.value(key)
		p.printf(": ")
		p.value(v.MapIndex(key))
		p.printf(",\n")
	}
	p.printf("}")
}

// reading writes the call that makes a reading; its types are those of package
// measurement.
func (p *codePrinter) reading(v reflect.Value) {
	if v.IsNil() {
		p.printf("nil")
		return
	}
	makers := map[string]string{"measurement.text": "Str", "measurement.boolean": "Bool", "measurement.integer": "Int", "measurement.natural": "Uint"}
	maker, ok := makers[v.Elem().Type().String()]
	if !ok {
		panic("a catalogue with a " + v.Elem().Type().String() + " cannot be written as code")
	}
	p.printf("measurement.%s(", maker)
	p.value(v.Elem())
	p.printf(")")
}
