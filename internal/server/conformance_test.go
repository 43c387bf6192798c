// SPDX-License-Identifier: Apache-2.0

package server

import (
	"bytes"
	"encoding/json"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// contract is the OpenAPI description, compiled once for all tests.
var contract = sync.OnceValues(func() (*openAPIDocument, error) {
	d := &openAPIDocument{compiler: jsonschema.NewCompiler(), schemas: map[string]*jsonschema.Schema{}}
	d.compiler.DefaultDraft(jsonschema.Draft2020)
	d.compiler.AssertFormat()
	root, err := jsonschema.UnmarshalJSON(bytes.NewReader(openAPI))
	if err != nil {
		return nil, err
	}
	d.root = root.(map[string]any)
	return d, d.compiler.AddResource("openapi.json", root)
})

type openAPIDocument struct {
	root     map[string]any
	compiler *jsonschema.Compiler
	mu       sync.Mutex
	schemas  map[string]*jsonschema.Schema
}

// at returns the value at a JSON pointer, and the pointer that a reference
// there leads to.
func (d *openAPIDocument) at(pointer string) (any, string) {
	var value any = d.root
	for _, part := range strings.Split(pointer, "/")[1:] {
		object, ok := value.(map[string]any)
		if !ok {
			return nil, ""
		}
		value = object[strings.NewReplacer("~1", "/", "~0", "~").Replace(part)]
	}
	if object, ok := value.(map[string]any); ok {
		if ref, ok := object["$ref"].(string); ok {
			return d.at(strings.TrimPrefix(ref, "#"))
		}
	}
	return value, pointer
}

// accepts checks a value against the schema at a pointer.
func (d *openAPIDocument) accepts(pointer string, value any) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	schema := d.schemas[pointer]
	if schema == nil {
		var err error
		if schema, err = d.compiler.Compile("openapi.json#" + pointer); err != nil {
			return err
		}
		d.schemas[pointer] = schema
	}
	return schema.Validate(value)
}

// responsePointer finds the description of an answer.
func (d *openAPIDocument) responsePointer(method, path string, status int) string {
	switch _, isPath := d.root["paths"].(map[string]any)[path]; {
	case status == http.StatusNotFound, status == http.StatusMethodNotAllowed:
		return "/components/responses/BadRequest" // of no operation, but of the same form
	case status == http.StatusTooManyRequests && !isPath:
		return "/components/responses/TooManyRequests"
	}
	if method == http.MethodHead {
		method = http.MethodGet
	}
	_, pointer := d.at("/paths/" + strings.ReplaceAll(path, "/", "~1") + "/" + strings.ToLower(method) + "/responses/" + strconv.Itoa(status))
	return pointer
}

// conforms checks an answer against the OpenAPI description: its status is
// described, it has every header it must have and no undescribed one, and its
// body fits the schema.
func conforms(t *testing.T, r *http.Request, resp reply, body []byte) {
	t.Helper()
	d, err := contract()
	if err != nil {
		t.Fatal(err)
	}
	where := r.Method + " " + r.URL.Path + ": " + resp.Status
	pointer := d.responsePointer(r.Method, r.URL.Path, resp.StatusCode)
	described, _ := d.at(pointer)
	response, ok := described.(map[string]any)
	if !ok {
		t.Errorf("%s is not described", where)
		return
	}
	checkHeaders(t, d, where, pointer, response, resp.Header)
	if len(body) > 0 {
		checkBody(t, d, where, pointer, resp.Header.Get("Content-Type"), body)
	}
}

func checkHeaders(t *testing.T, d *openAPIDocument, where, pointer string, response map[string]any, got http.Header) {
	t.Helper()
	// What HTTP and CORS themselves define for any answer, OpenAPI leaves out.
	known := []string{"Content-Type", "Content-Length", "Content-Encoding", "Date", "Allow", "Connection", "X-Content-Type-Options", "Vary"}
	described, _ := response["headers"].(map[string]any)
	for name := range described {
		known = append(known, http.CanonicalHeaderKey(name))
		value, at := d.at(pointer + "/headers/" + name)
		texts := got.Values(name)
		if len(texts) == 0 && value.(map[string]any)["required"] == true {
			t.Errorf("%s has no header %s", where, name)
		}
		for _, text := range texts {
			var typed any = text
			if schema := value.(map[string]any)["schema"].(map[string]any); schema["type"] == "integer" {
				typed = json.Number(text)
			}
			if err := d.accepts(at+"/schema", typed); err != nil {
				t.Errorf("%s: header %s: %v", where, name, err)
			}
		}
	}
	for name := range got {
		if !slices.Contains(known, name) && !strings.HasPrefix(name, "Access-Control-") {
			t.Errorf("%s has a header that is not described: %s", where, name)
		}
	}
}

func checkBody(t *testing.T, d *openAPIDocument, where, pointer, contentType string, body []byte) {
	t.Helper()
	media, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		t.Errorf("%s: Content-Type %q: %v", where, contentType, err)
		return
	}
	at := pointer + "/content/" + strings.ReplaceAll(media, "/", "~1") + "/schema"
	if schema, _ := d.at(at); schema == nil {
		t.Errorf("%s: the media type %s is not described", where, media)
		return
	}
	if media != typeJSON {
		return
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		t.Errorf("%s: the body is not JSON: %v", where, err)
		return
	}
	if err := d.accepts(at, value); err != nil {
		t.Errorf("%s: %v", where, err)
	}
}

// TestEveryRouteIsDescribed compares the routes with the paths.
func TestEveryRouteIsDescribed(t *testing.T) {
	t.Parallel()
	d, err := contract()
	if err != nil {
		t.Fatal(err)
	}
	var described, served []string
	for path, item := range d.root["paths"].(map[string]any) {
		for method := range item.(map[string]any) {
			described = append(described, strings.ToUpper(method)+" "+path)
		}
	}
	for _, rt := range newServer(t).routes() {
		served = append(served, rt.method+" "+rt.path)
	}
	slices.Sort(described)
	slices.Sort(served)
	if !slices.Equal(described, served) {
		t.Errorf("described %v\nserved    %v", described, served)
	}
}
