package certs_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/muster-go/muster/cmd/muster/internal/certs"
	"github.com/muster-go/muster/transport"
)

// pair makes a certificate that signs itself, and its key.
func pair(t *testing.T) (der, cert, key []byte) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err = x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return der, encode("CERTIFICATE", der), encode("PRIVATE KEY", secret)
}

func encode(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}

func write(t *testing.T, files map[string][]byte) {
	t.Helper()
	t.Chdir(t.TempDir())
	for name, text := range files {
		if err := os.WriteFile(filepath.Base(name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// A server that wants a certificate gets it, and is trusted by the file of its own.
func TestMutualTLS(t *testing.T) {
	_, cert, key := pair(t)
	trusted := x509.NewCertPool()
	trusted.AppendCertsFromPEM(cert)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte(r.Proto))
	}))
	server.TLS = &tls.Config{ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: trusted, MinVersion: tls.VersionTLS12}
	server.EnableHTTP2 = true
	server.StartTLS()
	t.Cleanup(server.Close)
	write(t, map[string][]byte{
		"ca.pem": encode("CERTIFICATE", server.Certificate().Raw), "me.pem": cert, "me.key": key, "both.pem": append(bytes.Clone(key), cert...),
	})
	for _, test := range []struct {
		files certs.Files
		ok    bool
	}{
		{certs.Files{CA: "ca.pem", Cert: "me.pem", Key: "me.key"}, true},
		{certs.Files{CA: "ca.pem", Cert: "both.pem"}, true},
		{certs.Files{CA: "ca.pem"}, false},
		{certs.Files{CA: "me.pem", Cert: "me.pem", Key: "me.key"}, false}, // it does not trust the server
		{certs.Files{Cert: "me.pem", Key: "me.key"}, false},
	} {
		config, err := test.files.Config()
		if err != nil {
			t.Fatal(err)
		}
		client, err := transport.New(transport.Options{BaseURL: server.URL, TLS: config, Retries: -1})
		if err != nil {
			t.Fatal(err)
		}
		resp, err := client.Get(t.Context(), "/x", nil)
		if test.ok != (err == nil) || test.ok && string(resp.Body) != "HTTP/2.0" {
			t.Errorf("%+v: %v", test.files, err)
		}
		_ = client.Close() // it always returns nil
	}
}

func TestMistakes(t *testing.T) {
	der, cert, key := pair(t)
	_, other, _ := pair(t)
	write(t, map[string][]byte{
		"me.pem": cert, "me.key": key, "other.pem": other, "me.der": der, "empty.pem": nil, "note.txt": []byte("hello\n"),
		"locked.key": encode("ENCRYPTED PRIVATE KEY", der), "broken.pem": encode("CERTIFICATE", []byte("x")),
		"old.key": []byte("-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nAAAA\n-----END RSA PRIVATE KEY-----\n"),
	})
	for _, test := range []struct {
		files certs.Files
		want  string
	}{
		{certs.Files{CA: "nowhere.pem"}, "--ca-cert: stat nowhere.pem: no such file or directory"},
		{certs.Files{CA: "."}, "--ca-cert .: it is not a file of at most 4194304 bytes"},
		{certs.Files{CA: "empty.pem"}, "--ca-cert empty.pem: it holds no certificate in PEM form, which begins with -----BEGIN"},
		{certs.Files{CA: "note.txt"}, "--ca-cert note.txt: it holds no certificate in PEM form, which begins with -----BEGIN"},
		{certs.Files{CA: "me.key"}, "--ca-cert me.key: it holds no certificate in PEM form, which begins with -----BEGIN"},
		{certs.Files{CA: "broken.pem"}, "--ca-cert broken.pem: it holds no valid certificate"},
		{certs.Files{CA: "me.der"}, "--ca-cert me.der: it is in DER form, not in PEM: convert it, as with openssl x509 -inform der"},
		{certs.Files{Key: "me.key"}, "--client-key me.key: a key needs its certificate: set --client-cert"},
		{certs.Files{Cert: "me.pem"}, "--client-cert me.pem: it holds no private key in PEM form, which begins with -----BEGIN"},
		{certs.Files{Cert: "me.pem", Key: "nowhere.key"}, "--client-key: stat nowhere.key: no such file or directory"},
		{certs.Files{Cert: "me.pem", Key: "locked.key"}, "--client-key locked.key: the key is encrypted: decrypt it, as with openssl pkey -in locked.key -out FILE"},
		{certs.Files{Cert: "me.pem", Key: "old.key"}, "--client-key old.key: the key is encrypted: decrypt it, as with openssl pkey -in old.key -out FILE"},
		{certs.Files{Cert: "other.pem", Key: "me.key"}, "--client-cert other.pem with the key in me.key: tls: private key does not match public key"},
	} {
		if _, err := test.files.Config(); err == nil || err.Error() != test.want {
			t.Errorf("%+v: %v", test.files, err)
		}
	}
	if config, err := (certs.Files{}).Config(); config != nil || err != nil {
		t.Errorf("none: %v, %v", config, err)
	}
}
