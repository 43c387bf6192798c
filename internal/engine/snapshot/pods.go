// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"encoding/json"
	"slices"

	corev1 "k8s.io/api/core/v1"
)

// podCount takes pods one by one, and counts what they run.
type podCount struct {
	images     imageCount
	components componentCount
}

func (c podCount) reader() itemReader {
	return itemReader{
		protobuf: c.addProtobufPod,
		json:     c.addJSONPod,
		forget:   func() { clear(c.images); clear(c.components.places) },
	}
}

// add counts an image of a pod, and notes the components that run it.
func (c podCount) add(image []byte, shown []string) []string {
	c.images.count(image, 1)
	return append(shown, c.components.of(image)...)
}

func (c podCount) addProtobufPod(pod []byte) error {
	spec, err := find(pod, podSpec)
	if err != nil {
		return err
	}
	var shown []string
	err = fields(spec, func(number uint64, value []byte) (err error) {
		switch number {
		case specEphemeralContainers:
			if value, err = find(value, ephemeralCommon); err != nil {
				return err
			}
		case specContainers, specInitContainers:
		default:
			return nil
		}
		image, err := find(value, containerImage)
		if err == nil {
			shown = c.add(image, shown)
		}
		return err
	})
	if err != nil || shown == nil {
		return err
	}
	return c.components.addProtobufPod(pod, shown)
}

func (c podCount) addJSONPod(object []byte) error {
	type container struct{ Image string }
	var pod struct {
		Metadata struct {
			Namespace string
			Labels    map[string]string
		}
		Spec   struct{ Containers, InitContainers, EphemeralContainers []container }
		Status struct{ Phase corev1.PodPhase }
	}
	if err := json.Unmarshal(object, &pod); err != nil {
		return err
	}
	var shown []string
	for _, container := range slices.Concat(pod.Spec.Containers, pod.Spec.InitContainers, pod.Spec.EphemeralContainers) {
		shown = c.add([]byte(container.Image), shown)
	}
	c.components.place(shown, pod.Metadata.Namespace, pod.Metadata.Labels, pod.Status.Phase)
	return nil
}
