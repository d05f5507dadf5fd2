// A consumer of the cluster inventory: lists the namespaces of a registered cluster by its ClusterProfile.
//
// Usage: inventory-client PROVIDER_FILE NAMESPACE NAME, with KUBECONFIG for the cluster that holds the ClusterProfile.
package main

import (
	"context"
	"fmt"
	"os"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
	"sigs.k8s.io/cluster-inventory-api/apis/v1alpha1"
	"sigs.k8s.io/cluster-inventory-api/pkg/access"
)

const limit = 20 * time.Second

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: inventory-client PROVIDER_FILE NAMESPACE NAME")
		os.Exit(2)
	}
	names, err := namespacesOf(os.Args[1], os.Args[2], os.Args[3])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	for _, name := range names {
		fmt.Println(name)
	}
}

func namespacesOf(providerFile, namespace, name string) ([]string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	profile, err := readProfile(ctx, namespace, name)
	if err != nil {
		return nil, err
	}
	providers, err := access.NewFromFile(providerFile)
	if err != nil {
		return nil, err
	}
	config, err := providers.BuildConfigFromCP(profile)
	if err != nil {
		return nil, err
	}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return nil, err
	}
	list, err := client.CoreV1().Namespaces().List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, err
	}
	names := make([]string, 0, len(list.Items))
	for _, item := range list.Items {
		names = append(names, item.Name)
	}
	return names, nil
}

func readProfile(ctx context.Context, namespace, name string) (*v1alpha1.ClusterProfile, error) {
	config, err := clientcmd.BuildConfigFromFlags("", os.Getenv("KUBECONFIG"))
	if err != nil {
		return nil, err
	}
	client, err := dynamic.NewForConfig(config)
	if err != nil {
		return nil, err
	}
	resource := v1alpha1.GroupVersion.WithResource("clusterprofiles")
	object, err := client.Resource(resource).Namespace(namespace).Get(ctx, name, metav1.GetOptions{})
	if err != nil {
		return nil, err
	}
	profile := &v1alpha1.ClusterProfile{}
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(object.Object, profile); err != nil {
		return nil, err
	}
	return profile, nil
}
