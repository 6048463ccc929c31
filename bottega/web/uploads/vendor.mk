# Refresh the vendored tus client and its licences: make -f bottega/web/uploads/vendor.mk
# From npm's tus-js-client (MIT), with the packages that its bundle carries.

TUS := 4.3.1
STATIC := bottega/web/uploads/static
BUNDLED := base64-js buffer ieee754 js-base64 querystringify requires-port url-parse

.PHONY: vendor-uploads
vendor-uploads:
	rm -rf build/vendor && mkdir -p build/vendor
	cd build/vendor && npm install --silent --no-save --ignore-scripts tus-js-client@$(TUS) \
		base64-js buffer ieee754
	cd build/vendor/node_modules && cp tus-js-client/dist/tus.min.js $(CURDIR)/$(STATIC)/
	cd build/vendor/node_modules && for name in tus-js-client $(BUNDLED); do \
		printf '%s\n\n' $$name; cat $$name/LICENSE*; printf '\n\n'; \
	done > $(CURDIR)/$(STATIC)/LICENSE.txt
	sed -i '/^\/\/# sourceMappingURL=/d' $(STATIC)/tus.min.js
	chmod 644 $(STATIC)/*
	rm -rf build/vendor
