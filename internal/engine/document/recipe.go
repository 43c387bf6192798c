// SPDX-License-Identifier: Apache-2.0

package document

// DecodeRecipe reads a recipe document. The older recipe-timestamp and
// request.withContext are read as well, and versions written as mappings of
// major, minor, patch, precision and extras.
func DecodeRecipe(data []byte) (Recipe, error) {
	var r Recipe
	root, err := Parse(data)
	if err != nil {
		return r, err
	}
	fields, err := root.header(RecipeKind, RecipeAPIVersion, []string{"measurements"}, []string{"request", "matchedRules", "constraints"})
	if err != nil {
		return r, err
	}
	for _, optional := range []struct {
		name   string
		decode func(Value) error
	}{
		{"metadata", r.decodeMetadata},
		{"request", r.decodeRequest},
		{"matchedRules", r.decodeMatchedRules},
		{"constraints", r.decodeConstraints},
	} {
		if field, ok := fields[optional.name]; ok {
			if err := optional.decode(field); err != nil {
				return Recipe{}, err
			}
		}
	}
	r.Measurements, err = fields["measurements"].Measurements(RefuseNulls)
	return r, err
}

func (r *Recipe) decodeMetadata(v Value) error {
	texts, err := v.metadata(map[string]string{"recipe-timestamp": "created"}, "recipe-version", "created")
	r.Metadata = RecipeMetadata{Version: texts["recipe-version"], Created: texts["created"]}
	return err
}

func (r *Recipe) decodeRequest(v Value) error {
	var err error
	r.Request, err = v.Query(true)
	return err
}

func (r *Recipe) decodeMatchedRules(v Value) error {
	items, err := v.Items()
	if err != nil {
		return err
	}
	for _, item := range items {
		rule, err := item.Text()
		if err != nil {
			return err
		}
		r.MatchedRules = append(r.MatchedRules, rule)
	}
	return nil
}

func (r *Recipe) decodeConstraints(v Value) error {
	items, err := v.Items()
	if err != nil {
		return err
	}
	for _, item := range items {
		var c Constraint
		if err := item.texts(map[string]*string{"field": &c.Field, "range": &c.Range, "layer": &c.Layer}, "field", "range", "layer"); err != nil {
			return err
		}
		r.Constraints = append(r.Constraints, c)
	}
	return nil
}

// texts decodes a mapping whose fields are all required texts.
func (v Value) texts(into map[string]*string, names ...string) error {
	fields, err := v.required(names, nil)
	if err != nil {
		return err
	}
	for _, name := range names {
		if *into[name], err = fields[name].Text(); err != nil {
			return err
		}
	}
	return nil
}
