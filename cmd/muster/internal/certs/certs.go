package certs

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"strings"
)

// Files are the names of files in PEM form; "" = none. The zero Files is none.
type Files struct {
	CA   string // certificates to trust instead of the system's
	Cert string // the client's certificate, and those that lead from it to its authority
	Key  string // the key of Cert; "" means that it is in the same file
}

// Config returns the configuration that the files make, nil for none. An error names the
// flag and the file, and what the file was to hold.
func (f Files) Config() (*tls.Config, error) {
	if f == (Files{}) {
		return nil, nil //nolint:nilnil // nil is the default of transport.Options.TLS
	}
	var c tls.Config
	if f.CA != "" {
		text, err := read("--ca-cert", f.CA, "CERTIFICATE")
		if err != nil {
			return nil, err
		}
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM(text) {
			return nil, fmt.Errorf("--ca-cert %s: it holds no valid certificate", f.CA)
		}
	}
	if f.Cert == "" && f.Key == "" {
		return &c, nil
	}
	pair, err := f.pair()
	if err != nil {
		return nil, err
	}
	c.Certificates = []tls.Certificate{pair}
	return &c, nil
}

// pair reads the client's certificate and its key.
func (f Files) pair() (tls.Certificate, error) {
	fail := func(err error) (tls.Certificate, error) { return tls.Certificate{}, err }
	if f.Cert == "" {
		return fail(fmt.Errorf("--client-key %s: a key needs its certificate: set --client-cert", f.Key))
	}
	cert, err := read("--client-cert", f.Cert, "CERTIFICATE")
	if err != nil {
		return fail(err)
	}
	flag, name := "--client-key", f.Key
	if name == "" {
		flag, name = "--client-cert", f.Cert
	}
	key, err := read(flag, name, "PRIVATE KEY")
	if err != nil {
		return fail(err)
	}
	if bytes.Contains(key, []byte("ENCRYPTED")) {
		return fail(fmt.Errorf("%s %s: the key is encrypted: decrypt it, as with openssl pkey -in %s -out FILE", flag, name, name))
	}
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		return fail(fmt.Errorf("%s %s with the key in %s: %w", "--client-cert", f.Cert, name, err))
	}
	return pair, nil
}

// maxFile bounds what is read of a file: a bundle of all authorities takes a tenth.
const maxFile = 4 << 20

// read reads a file that must hold a block of PEM whose type ends in kind.
func read(flag, name, kind string) ([]byte, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", flag, err)
	}
	if !info.Mode().IsRegular() || info.Size() > maxFile {
		return nil, fmt.Errorf("%s %s: it is not a file of at most %d bytes", flag, name, maxFile)
	}
	text, err := os.ReadFile(name) //nolint:gosec // G304: the user's own setting
	if err != nil {
		return nil, fmt.Errorf("%s: %w", flag, err)
	}
	for rest := text; ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		if strings.HasSuffix(block.Type, kind) {
			return text, nil
		}
	}
	if _, err := x509.ParseCertificate(text); err == nil {
		return nil, errors.New(flag + " " + name + ": it is in DER form, not in PEM: convert it, as with openssl x509 -inform der")
	}
	return nil, fmt.Errorf("%s %s: it holds no %s in PEM form, which begins with -----BEGIN", flag, name, strings.ToLower(kind))
}
